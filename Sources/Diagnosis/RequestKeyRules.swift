import LinuxSystem

/// A line of request-key.conf(5) that matches a key.
struct RequestKeyRule: Equatable {
    let file: Bytes
    /// From 1.
    let line: Int
    /// The pattern for descriptions, as written.
    let pattern: Bytes
    /// How many characters of the operation, the type, the description and the callout information the rule's
    /// asterisks cover.
    let wildness: [Int]
    /// The program and its arguments, as /sbin/request-key reads them.
    let command: Bytes
    /// Whether the line is the last one of the file and has no newline. It then loses its last character.
    let isCutOff: Bool

    /// Whether /sbin/request-key prefers this rule to one that it read before.
    func precedes(_ earlier: RequestKeyRule) -> Bool {
        wildness.lexicographicallyPrecedes(earlier.wildness)
    }

    func isSameLine(as other: RequestKeyRule?) -> Bool { file == other?.file && line == other?.line }

    var place: String { "\(escaped(file)):\(line)" }
}

/// Why /sbin/request-key gives up, and leaves the key unanswered.
struct RequestKeyProblem: Error {
    let file: Bytes
    /// Nil for the file as a whole.
    let line: Int?
    let reason: String
    /// Whether the only problem is that this user may not read the file.
    var isHidden = false
}

/// How /sbin/request-key decides which program answers a key: request-key.conf(5), as of keyutils 1.6.3.
enum RequestKeyRules {
    /// A line of this many characters, including its newline, is an error.
    private static let tooLong = 4096

    /// The rules of a file that match a new key of the type `dns_resolver` without callout information, in order.
    ///
    /// Fields are read only as long as they match: a line that lacks some is an error for keys that match the ones
    /// that it has.
    static func matching(
        _ description: Bytes, in content: Bytes, of file: Bytes
    ) throws(RequestKeyProblem) -> [RequestKeyRule] {
        var rules: [RequestKeyRule] = []
        var rest = content[...]
        var number = 0
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            var line = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
            guard line.count + (end == nil ? 0 : 1) < tooLong else {
                throw RequestKeyProblem(file: file, line: number, reason: "the line is too long")
            }
            guard let first = line.first, first != UInt8(ascii: "#"), !first.isSpace else { continue }
            if end == nil {
                line = line.dropLast()
                if line.isEmpty { continue }
            }
            var fields = Fields(rest: line)
            let data: [Bytes] = [Bytes("create"), Bytes("dns_resolver"), description, []]
            var patterns: [Bytes] = []
            var wildness: [Int] = []
            for datum in data {
                guard let pattern = fields.next() else {
                    throw RequestKeyProblem(file: file, line: number, reason: "a field is missing")
                }
                guard let covered = characters(coveredBy: pattern, in: datum) else { break }
                patterns.append(pattern)
                wildness.append(covered)
            }
            guard wildness.count == data.count else { continue }
            guard let command = fields.command else {
                throw RequestKeyProblem(file: file, line: number, reason: "the program is missing")
            }
            rules.append(
                RequestKeyRule(
                    file: file, line: number, pattern: patterns[2], wildness: wildness, command: command,
                    isCutOff: end == nil))
        }
        return rules
    }

    /// The winning rule.
    ///
    /// - Parameter rules: Those of all files, in the order in which they are read.
    static func winner(among rules: [RequestKeyRule]) -> RequestKeyRule? {
        rules.reduce(nil) { best, rule in
            if let best, !rule.precedes(best) { best } else { rule }
        }
    }

    /// How many characters of `datum` the pattern's first asterisk covers; nil if the pattern does not match.
    ///
    /// If there is text on both sides of the asterisk, request-key compares the end of the datum with the beginning of
    /// the pattern, so such a pattern hardly ever matches.
    static func characters(coveredBy pattern: Bytes, in datum: Bytes) -> Int? {
        guard let asterisk = pattern.firstIndex(of: UInt8(ascii: "*")) else { return pattern == datum ? 0 : nil }
        let (head, tail) = (pattern[..<asterisk], pattern[(asterisk + 1)...])
        let end = head.isEmpty ? tail : pattern.prefix(tail.count)
        guard datum.count >= head.count + tail.count, datum.starts(with: head), datum.suffix(end.count) == end
        else { return nil }
        return datum.count - head.count - tail.count
    }

    /// The fields of a line. A blank must follow each.
    private struct Fields {
        var rest: ArraySlice<UInt8>

        mutating func next() -> Bytes? {
            rest = rest.drop { $0.isSpace }
            guard let end = rest.firstIndex(where: { $0.isSpace }), end > rest.startIndex else { return nil }
            defer { rest = rest[(end + 1)...] }
            return Bytes(rest[..<end])
        }

        var command: Bytes? {
            let command = rest.drop { $0.isSpace }
            return command.isEmpty ? nil : Bytes(command)
        }
    }
}
