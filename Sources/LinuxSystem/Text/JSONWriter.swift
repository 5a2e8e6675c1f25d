/// Writes JSON text: RFC 8259.
public struct JSONWriter {
    public private(set) var bytes = Bytes()
    /// Whether the next value or key follows another one in the same object or array.
    private var needsComma = false

    public init() {}

    /// Writes an object; `body` writes its members.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclose("{", "}", body)
    }

    /// Writes an array; `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        enclose("[", "]", body)
    }

    /// Writes the name of the member whose value follows.
    public mutating func key(_ name: StaticString) {
        string(Bytes(name))
        bytes += ":"
        needsComma = false
    }

    /// Writes text from outside. Invalid UTF-8 becomes U+FFFD.
    public mutating func string(_ text: Bytes) {
        string(String(decoding: text, as: UTF8.self))
    }

    public mutating func string(_ text: String) {
        separate()
        bytes += "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                bytes += "\\u00"
                bytes += [hexDigit(byte >> 4), hexDigit(byte & 15)]
            default:
                bytes.append(byte)
            }
        }
        bytes += "\""
    }

    public mutating func number(_ value: Int) {
        separate()
        bytes += "\(value)"
    }

    public mutating func boolean(_ value: Bool) {
        separate()
        bytes += value ? "true" as StaticString : "false"
    }

    public mutating func null() {
        separate()
        bytes += "null"
    }

    private mutating func enclose(
        _ start: StaticString, _ end: StaticString, _ body: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes += start
        needsComma = false
        body(&self)
        bytes += end
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes += "," }
        needsComma = true
    }
}
