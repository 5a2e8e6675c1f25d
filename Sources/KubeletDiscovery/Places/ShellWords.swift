import LinuxSystem

/// Splits a text at whitespace and removes its quotes, as systemd does with `$VARIABLE` in a command line:
/// systemd.service(5). The character after a backslash is literal.
func shellWords(_ text: some Collection<UInt8>) -> [Bytes] {
    var words: [Bytes] = []
    var word: Bytes?
    var quote: UInt8?
    var isEscaped = false
    for byte in text {
        if !isEscaped, byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
            isEscaped = true
        } else if !isEscaped, byte == quote {
            quote = nil
        } else if !isEscaped, quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            quote = byte
            word = word ?? []
        } else if !isEscaped, quote == nil, byte.isSpace {
            if let complete = word { words.append(complete) }
            word = nil
        } else {
            if word == nil { word = [] }
            word?.append(byte)
            isEscaped = false
        }
    }
    if let word { words.append(word) }
    return words
}
