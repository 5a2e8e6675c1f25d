import LinuxSystem

/// The variables in a file that systemd reads for `EnvironmentFile=`: systemd.exec(5).
struct EnvironmentFile {
    struct Variable {
        var name: Bytes
        var value: Bytes
    }

    private(set) var variables: [Variable] = []

    init(parsing content: Bytes) {
        var lines = content[...]
        while let first = lines.first {
            if first.isSpace {
                lines = lines.dropFirst()
            } else if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") {
                lines = lines.drop { $0 != UInt8(ascii: "\n") }
            } else {
                let name = lines.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\n") }
                lines = lines.dropFirst(name.count)
                guard lines.first == UInt8(ascii: "=") else { continue }
                lines = lines.dropFirst()
                variables.append(Variable(name: Bytes(name.trimmed), value: Self.value(&lines)))
            }
        }
    }

    /// Reads the `Environment=` lines of a unit file: systemd.exec(5).
    init(unit content: Bytes) {
        for line in content.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Environment=") {
            for word in shellWords(line.dropFirst(12)) {
                guard let sign = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
                variables.append(Variable(name: Bytes(word[..<sign]), value: Bytes(word[(sign + 1)...])))
            }
        }
    }

    /// Removes a value and its line end from the text. Returns the value without its quotes and backslashes.
    private static func value(_ text: inout ArraySlice<UInt8>) -> Bytes {
        var value = Bytes()
        // Whitespace is dropped at both ends and after a quoted part, but kept inside an unquoted part.
        var space = Bytes()
        var isInside = false
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "\n"):
                return value
            case UInt8(ascii: "'") where !isInside:
                value += text.prefix { $0 != byte }
                text = text.drop { $0 != byte }.dropFirst()
            case UInt8(ascii: "\"") where !isInside:
                value += doubleQuoted(&text)
            case _ where byte.isSpace:
                if isInside { space.append(byte) }
            case UInt8(ascii: "\\") where text.first == UInt8(ascii: "\n"):
                text = text.dropFirst()
                isInside = true
            default:
                value += space
                space = []
                isInside = true
                value.append(byte == UInt8(ascii: "\\") ? text.popFirst() ?? byte : byte)
            }
        }
        return value
    }

    private static func doubleQuoted(_ text: inout ArraySlice<UInt8>) -> Bytes {
        var value = Bytes()
        while let byte = text.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let next = text.popFirst() else {
                value.append(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "\n"): break
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "$"): value.append(next)
            default: value += [byte, next]
            }
        }
        return value
    }
}
