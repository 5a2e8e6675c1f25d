import LinuxSystem

/// Reads the value of a list flag like pflag's `StringSlice`: the first record of a CSV text as Go's encoding/csv
/// reads it. No value at all is an empty list.
func commaSeparatedValues(_ value: Bytes) throws(Refusal) -> [Bytes] {
    guard !value.isEmpty else { return [] }
    let newline = UInt8(ascii: "\n")
    let quote = UInt8(ascii: "\"")
    var text = Bytes()
    for byte in value {
        if byte == newline, text.last == UInt8(ascii: "\r") { text.removeLast() }
        text.append(byte)
    }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }

    var rest = text.drop { $0 == newline }
    guard !rest.isEmpty else { throw Refusal("--cluster-dns is no list") }
    var fields: [Bytes] = []
    while true {
        var field = Bytes()
        if rest.first == quote {
            repeat {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: quote) else { throw Refusal("--cluster-dns has an open quote") }
                field += rest[..<end]
                rest = rest[(end + 1)...]
                if rest.first == quote { field.append(quote) }
            } while rest.first == quote
        } else {
            field = Bytes(rest.prefix { $0 != UInt8(ascii: ",") && $0 != newline })
            rest = rest.dropFirst(field.count)
            guard !field.contains(quote) else { throw Refusal("--cluster-dns has a quote inside a value") }
        }
        fields.append(field)
        guard let following = rest.first, following != newline else { return fields }
        guard following == UInt8(ascii: ",") else { throw Refusal("--cluster-dns has text after a quote") }
        rest = rest.dropFirst()
    }
}
