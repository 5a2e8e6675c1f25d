import Testing

@testable import LinuxSystem

@Suite("Escaping")
struct EscapingTests {
    @Test("Every byte becomes printable ASCII on one line, different from that of every other byte")
    func allBytes() {
        var seen: Set<String> = []
        for byte in UInt8.min...UInt8.max {
            let text = escaped([byte])
            #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(byte)")
            #expect(seen.insert(text).inserted, "\(byte)")
        }
    }

    @Test(
        "Control characters, bytes that are not ASCII, and the backslash are written in hexadecimal",
        arguments: [
            ([0x61, 0x20, 0x7E], "a ~"), ([0x0A], "\\x0a"), ([0x1B, 0x5B], "\\x1b["), ([0x5C, 0x78], "\\x5cx"),
            ([0x00, 0x7F, 0x9F, 0xFF], "\\x00\\x7f\\x9f\\xff"), ([], ""),
        ] as [(Bytes, String)])
    func examples(bytes: Bytes, text: String) {
        #expect(escaped(bytes) == text)
    }

    @Test("Long text is cut off after a number of input bytes, and the cut shows")
    func limit() {
        #expect(escaped(Bytes("abc"), limit: 3) == "abc")
        #expect(escaped(Bytes("abcd"), limit: 3) == "abc...")
        #expect(escaped(Bytes("\n\n\n"), limit: 2) == "\\x0a\\x0a...")
        #expect(escaped(Bytes(repeating: 0x61, count: 4096)).utf8.count == 303)
    }
}
