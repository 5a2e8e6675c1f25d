import LinuxSystem

/// The syntax of kafs-client.conf(5), which is that of krb5.conf(5) in Kerberos, line by line.
enum KAFSProfile {
    enum Line: Equatable {
        case include(Bytes)
        case includeDirectory(Bytes)
        case section(Bytes)
        case setting(Bytes, Bytes)
        case opening(Bytes)
        /// `isFinal`: an asterisk keeps everything that follows from adding to the list.
        case closing(isFinal: Bool)
    }

    /// The lines, without blank lines and comments, and the numbers, from 1, of the malformed ones.
    static func parse(_ content: Bytes) -> (lines: [Line], malformed: [Int]) {
        var lines: [Line] = []
        var malformed: [Int] = []
        for (index, text) in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = text.trimmed
            guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if let line = line(text) { lines.append(line) } else { malformed.append(index + 1) }
        }
        return (lines, malformed)
    }

    private static func line(_ text: Bytes.SubSequence) -> Line? {
        if text.equals("}") { return .closing(isFinal: false) }
        if text.equals("}*") { return .closing(isFinal: true) }
        if text.first == UInt8(ascii: "[") {
            let label = text.dropFirst().dropLast()
            guard text.last == UInt8(ascii: "]"), !label.isEmpty, !label.contains(UInt8(ascii: "]")) else {
                return nil
            }
            return .section(Bytes(label))
        }
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return inclusion(text) }
        let key = Bytes(text[..<equals].trimmed)
        let value = text[(equals + 1)...].trimmed
        guard !key.isEmpty else { return nil }
        if value.equals("{") { return .opening(key) }
        guard value.first == UInt8(ascii: "\"") else { return .setting(key, Bytes(value)) }
        return unquoted(value).map { .setting(key, $0) }
    }

    private static func inclusion(_ text: Bytes.SubSequence) -> Line? {
        let words = text.split(maxSplits: 1) { $0.isSpace }
        guard words.count == 2 else { return nil }
        let path = Bytes(words[1].trimmed)
        if words[0].equals("include") { return .include(path) }
        if words[0].equals("includedir") { return .includeDirectory(path) }
        return nil
    }

    private static func unquoted(_ text: Bytes.SubSequence) -> Bytes? {
        guard text.count >= 2, text.last == UInt8(ascii: "\"") else { return nil }
        var value = Bytes()
        var rest = text.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): value.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "b"): value.append(0x08)
            default: value.append(escape)
            }
        }
        return value
    }
}
