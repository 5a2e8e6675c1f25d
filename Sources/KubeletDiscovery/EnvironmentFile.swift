import LinuxSystem

/// The variables of a file that systemd reads for `EnvironmentFile=`: systemd.exec(5).
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

    /// Takes a value, with quotes and backslashes resolved, and the end of its last line off the text.
    private static func value(_ text: inout ArraySlice<UInt8>) -> Bytes {
        var value = Bytes()
        // Blanks are dropped at both ends and after a quoted part, but not inside an unquoted one.
        var blanks = Bytes()
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
                if isInside { blanks.append(byte) }
            case UInt8(ascii: "\\") where text.first == UInt8(ascii: "\n"):
                text = text.dropFirst()
                isInside = true
            default:
                value += blanks
                blanks = []
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

/// Splits a text at blanks, quotes respected and removed, as systemd does with `$VARIABLE` in a command line:
/// systemd.service(5). A backslash takes the next character as it is.
func shellWords(_ text: some Collection<UInt8>) -> [Bytes] {
    var words: [Bytes] = []
    var word: Bytes?
    var quote: UInt8?
    var isEscaped = false
    for byte in text {
        if isEscaped {
            word = (word ?? []) + [byte]
            isEscaped = false
        } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
            isEscaped = true
        } else if byte == quote {
            quote = nil
        } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            quote = byte
            word = word ?? []
        } else if quote == nil, byte.isSpace {
            if let complete = word { words.append(complete) }
            word = nil
        } else {
            word?.append(byte)
            if word == nil { word = [byte] }
        }
    }
    if let word { words.append(word) }
    return words
}

/// The flags in an argument file of MicroK8s or Canonical Kubernetes: one on each line, quotes anywhere dropped,
/// `${NAME}` and `$NAME` replaced.
func argumentLines(_ content: Bytes, variables: [EnvironmentFile.Variable]) -> [Bytes] {
    var arguments: [Bytes] = []
    for line in content.split(separator: UInt8(ascii: "\n")) {
        let line = line.trimmed
        guard line.first == UInt8(ascii: "-") else { continue }
        let text = expanded(line, variables).filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        // A value after a blank is an argument of its own, but a blank in a value is not.
        let flag = text.prefix { !$0.isSpace }
        if flag.contains(UInt8(ascii: "=")) || flag.count == text.count {
            arguments.append(text)
        } else {
            arguments += [Bytes(flag), Bytes(text[flag.count...].trimmed)]
        }
    }
    return arguments
}

private func expanded(_ text: ArraySlice<UInt8>, _ variables: [EnvironmentFile.Variable]) -> Bytes {
    var result = Bytes()
    var rest = text
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "$") else {
            result.append(byte)
            continue
        }
        let isBraced = rest.first == UInt8(ascii: "{")
        if isBraced { rest = rest.dropFirst() }
        let name = rest.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        rest = rest.dropFirst(name.count + (isBraced ? 1 : 0))
        if let variable = variables.first(where: { $0.name.elementsEqual(name) }) { result += variable.value }
    }
    return result
}
