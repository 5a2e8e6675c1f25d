import LinuxSystem

/// The syntax of key.dns_resolver.conf(5): lines `option[=value]`, with comments, quotes and escapes. A missing final
/// newline is fine, and so is a comment after a value.
enum ConfigFile {
    struct Setting: Equatable {
        let line: Int
        let option: Bytes
        /// The value without its quotes and escapes; nil if there is no equals sign.
        let value: Bytes?
    }

    /// The settings in order, and the malformed lines.
    static func parse(_ content: Bytes) -> (settings: [Setting], problems: [Configuration.Problem]) {
        var settings: [Setting] = []
        var problems: [Configuration.Problem] = []
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = line.trimmed
            guard let first = text.first, first != UInt8(ascii: "#") else { continue }
            do {
                settings.append(try setting(text, line: index + 1))
            } catch {
                problems.append(Configuration.Problem(line: index + 1, reason: error.text))
            }
        }
        return (settings, problems)
    }

    private enum SyntaxProblem: Error {
        case unclosedQuotes
        case incompleteEscape
        case invalidEscape
        case dataAfterQuotes
        case noOption

        var text: String {
            switch self {
            case .unclosedQuotes: "the quotes are not closed"
            case .incompleteEscape: "nothing follows the backslash"
            case .invalidEscape: "a backslash precedes a letter or digit"
            case .dataAfterQuotes: "something follows the closing quote"
            case .noOption: "no option before the equals sign"
            }
        }
    }

    private static func setting(_ text: Bytes.SubSequence, line: Int) throws(SyntaxProblem) -> Setting {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            return Setting(line: line, option: Bytes(text), value: nil)
        }
        let option = Bytes(text[..<equals].trimmed)
        guard !option.isEmpty else { throw .noOption }
        return Setting(line: line, option: option, value: try value(text[(equals + 1)...].trimmed))
    }

    private static func value(_ text: Bytes.SubSequence) throws(SyntaxProblem) -> Bytes {
        var value = Bytes()
        // Spaces before this position were quoted or escaped, and are not stripped.
        var kept = 0
        var rest = text
        var quote: UInt8?
        if let first = rest.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            quote = first
            rest.removeFirst()
        }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                guard let next = rest.popFirst() else { throw .incompleteEscape }
                guard !next.isLetter, !next.isDigit else { throw .invalidEscape }
                value.append(next)
                kept = value.count
            } else if byte == quote {
                let after = rest.trimmed
                guard after.isEmpty || after.first == UInt8(ascii: "#") else { throw .dataAfterQuotes }
                return value
            } else if quote == nil, byte == UInt8(ascii: "#") {
                break
            } else {
                value.append(byte)
            }
        }
        guard quote == nil else { throw .unclosedQuotes }
        while value.count > kept, value.last!.isSpace { value.removeLast() }
        return value
    }
}
