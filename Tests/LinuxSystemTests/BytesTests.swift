import Glibc
import Testing

@testable import LinuxSystem

@Suite("Bytes")
struct BytesTests {
    @Test("Bytes equal only a text of the same bytes")
    func equality() {
        #expect(Bytes("list").equals("list"))
        #expect(Bytes().equals(""))
        #expect(!Bytes("lis").equals("list"))
        #expect(!Bytes("lists").equals("list"))
        #expect(!Bytes("List").equals("list"))
        #expect(!Bytes().equals("list"))
    }

    @Test("Bytes start with each of their prefixes, and with nothing longer")
    func prefixes() {
        #expect(Bytes("--config").starts(with: "--"))
        #expect(Bytes("--").starts(with: "--"))
        #expect(Bytes("x").starts(with: ""))
        #expect(!Bytes("-c").starts(with: "--"))
        #expect(!Bytes("-").starts(with: "--"))
    }

    @Test(
        "Only blanks are removed, and only at both ends",
        arguments: [
            ("", ""), ("a", "a"), (" a b ", "a b"), ("\t\n\u{0B}\u{0C}\r a \r\u{0C}\u{0B}\n\t", "a"), (" \t ", ""),
            ("\0a\0", "\0a\0"), ("\u{A0}a", "\u{A0}a"),
        ])
    func trimming(text: String, trimmed: String) {
        #expect(Array(Bytes(text.utf8).trimmed) == Array(trimmed.utf8))
    }

    @Test("Every byte is classified as in <ctype.h>, in the C locale")
    func classes() {
        for byte in UInt8.min...UInt8.max {
            #expect(byte.isSpace == (isspace(Int32(byte)) != 0), "\(byte)")
            #expect(byte.isDigit == (isdigit(Int32(byte)) != 0), "\(byte)")
            #expect(byte.isLetter == (isalpha(Int32(byte)) != 0), "\(byte)")
            #expect(Int32(byte.lowercased) == tolower(Int32(byte)), "\(byte)")
        }
    }

    @Test("Capitals become small letters, and all other bytes stay as they are")
    func lowercasing() {
        #expect(
            Bytes([0x41, 0x5A, 0x5B, 0x40, 0x61, 0xC4, 0]).lowercased == [0x61, 0x7A, 0x5B, 0x40, 0x61, 0xC4, 0])
    }

    @Test("Text is appended in UTF-8")
    func appending() {
        var bytes = Bytes("a")
        bytes += "ä" as StaticString
        bytes += "é" as String
        #expect(bytes == [0x61, 0xC3, 0xA4, 0xC3, 0xA9])
    }

    @Test(
        "A C string ends at the end of the bytes, or at an earlier NUL",
        arguments: [("", 0), ("abc", 3), ("a\0c", 1)])
    func cString(text: String, length: Int) {
        #expect(Bytes(text.utf8).withCString { strlen($0) } == length)
    }

    @Test(
        "A number is plain decimal digits, up to the limit",
        arguments: [
            ("0", 0), ("7", 7), ("2147483647", 2_147_483_647), ("00012", 12), ("2147483648", nil), ("", nil),
            ("+1", nil), ("-1", nil), (" 1", nil), ("1 ", nil), ("0x1", nil), ("1.0", nil), ("1\0", nil),
            ("٣", nil), ("99999999999999999999999999999999999999", nil),
        ])
    func decimals(text: String, value: Int?) {
        #expect(decimal(text.utf8, atMost: Int(Int32.max)) == value)
    }
}
