import LinuxSystem

/// Shows the findings: on a terminal in colour and wrapped to its width, elsewhere one line each.
public struct CheckReport {
    /// The widths of the level and link columns, including the blanks after them.
    private static let (levelWidth, linkWidth) = (9, 17)

    /// The worst level so far.
    public private(set) var level = Level.good
    private var counts = [0, 0, 0]
    private let hasColours: Bool
    /// The longest line; 0 for no limit.
    private let width: Int

    /// - Parameter isTerminal: Whether a person reads the report.
    public init(isTerminal: Bool, width: Int) {
        hasColours = isTerminal
        self.width = isTerminal ? width : 0
    }

    /// The lines of a finding.
    public mutating func text(_ finding: Finding) -> Bytes {
        level = max(level, finding.level)
        counts[Int(finding.level.rawValue)] += 1
        var text = Bytes()
        if hasColours { text += colour(finding.level) }
        text += Self.padded(finding.level.name, Self.levelWidth)
        if hasColours { text += "\u{1B}[0m" }
        text += Self.padded(finding.link.title, Self.linkWidth)
        append(finding.reason, to: &text)
        if !finding.remedy.isEmpty {
            text += Self.padded("", Self.levelWidth + Self.linkWidth)
            append("-> \(finding.remedy)", to: &text)
        }
        return text
    }

    /// The end of the report.
    public var summary: Bytes {
        var text = Bytes("\n")
        let (warnings, faults) = (counts[1], counts[2])
        if faults == 0, warnings == 0 {
            text += "All is well.\n"
        } else {
            text += "\(faults) bad, \(warnings) \(warnings == 1 ? "warning" : "warnings")."
            text += faults > 0 ? " Begin with the first that is bad.\n" : "\n"
        }
        return text
    }

    private func colour(_ level: Level) -> StaticString {
        switch level {
        case .good: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .bad: "\u{1B}[1;31m"
        }
    }

    /// Adds words, and breaks the line before a word that does not fit.
    private func append(_ words: String, to text: inout Bytes) {
        let indent = Self.levelWidth + Self.linkWidth
        // A narrow terminal breaks the lines itself.
        guard width >= indent + 30 else {
            text += words
            text += "\n"
            return
        }
        var column = indent
        for word in Bytes(words.utf8).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            if column > indent {
                if column + 1 + word.count > width {
                    text += "\n"
                    text += Self.padded("", indent)
                    column = indent
                } else {
                    text += " "
                    column += 1
                }
            }
            text += word
            column += word.count
        }
        text += "\n"
    }

    private static func padded(_ text: StaticString, _ width: Int) -> Bytes {
        Bytes(text) + Bytes(repeating: UInt8(ascii: " "), count: max(width - text.utf8CodeUnitCount, 0))
    }
}

extension [Finding] {
    public var worstLevel: Level { reduce(.good) { Swift.max($0, $1.level) } }

    /// All findings as one JSON object, with a newline.
    public var json: Bytes {
        var json = JSONWriter()
        json.object { json in
            json.key("level")
            json.string(Bytes(worstLevel.name))
            json.key("findings")
            json.array { json in
                for finding in self { finding.write(to: &json) }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension Finding {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("link")
            json.string(Bytes(link.title))
            json.key("level")
            json.string(Bytes(level.name))
            json.key("reason")
            json.string(reason)
            json.key("remedy")
            if remedy.isEmpty { json.null() } else { json.string(remedy) }
        }
    }
}
