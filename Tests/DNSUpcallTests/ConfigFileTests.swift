import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Config file syntax")
struct ConfigFileTests {
    @Test(
        "A value is read without quotes, escapes, a comment and surrounding blanks",
        arguments: [
            ("o=v", "v"), ("o = v", "v"), ("  o\t=\tv  ", "v"), ("o=", ""), ("o =  ", ""), ("o=a b", "a b"),
            ("o=a=b", "a=b"), ("o==", "="), ("o=v # comment", "v"), ("o=v#comment", "v"), ("o=# comment", ""),
            ("o='v'", "v"), ("o=\"v\"", "v"), ("o=' v '", " v "), ("o='a#b'", "a#b"), ("o='a\"b'", "a\"b"),
            ("o=\"a'b\"", "a'b"), ("o=''", ""), ("o='v' # comment", "v"), ("o='v'#comment", "v"),
            ("o='v'  ", "v"), ("o=a'b'", "a'b'"), ("o=\\#", "#"), ("o=a\\#b # c", "a#b"), ("o=\\'v", "'v"),
            ("o='it\\'s'", "it's"), ("o=\\\\", "\\"), ("o=a\\ # c", "a "), ("o='\\\\'", "\\"),
            ("o=v\r", "v"), ("o=\"v\"\r", "v"), ("o=a\0b", "a\0b"), ("o=\u{FF}", "\u{FF}"),
        ])
    func values(line: String, value: String) {
        let (settings, problems) = ConfigFile.parse(Bytes(text: line))
        #expect(problems.isEmpty)
        #expect(settings == [.init(line: 1, option: Bytes("o"), value: Bytes(text: value))])
    }

    @Test("An option may have no value", arguments: ["o", "  o  ", "o\r\n"])
    func noValue(content: String) {
        #expect(ConfigFile.parse(Bytes(text: content)).settings == [.init(line: 1, option: Bytes("o"), value: nil)])
    }

    @Test(
        "Empty lines and comments set nothing",
        arguments: ["", "\n", "\n\n\n", "# o=v", "   # o=v\n", "\t\r\n", "#\n#", "#'"])
    func nothing(content: String) {
        let (settings, problems) = ConfigFile.parse(Bytes(text: content))
        #expect(settings.isEmpty)
        #expect(problems.isEmpty)
    }

    @Test(
        "An invalid line is reported with its number, and the others apply",
        arguments: [
            ("o='v", "the quotes are not closed"), ("o=\"v'", "the quotes are not closed"),
            ("o='", "the quotes are not closed"), ("o='v # c", "the quotes are not closed"),
            ("o=v\\", "nothing follows the backslash"), ("o='v\\", "nothing follows the backslash"),
            ("o=\\n", "a backslash precedes a letter or digit"),
            ("o=\\0", "a backslash precedes a letter or digit"),
            ("o='v'w", "something follows the closing quote"), ("o='v' w", "something follows the closing quote"),
            ("o='v''w'", "something follows the closing quote"), ("=v", "no option before the equals sign"),
            (" = v", "no option before the equals sign"),
        ])
    func problems(line: String, reason: String) throws {
        let (settings, problems) = ConfigFile.parse(Bytes(text: "a=1\n\(line)\nb=2"))
        #expect(settings.map(\.option) == [Bytes("a"), Bytes("b")])
        #expect(settings.map(\.line) == [1, 3])
        #expect(problems.count == 1)
        #expect(problems.first?.line == 2)
        #expect(problems.first?.reason == reason)
    }

    @Test("The last line needs no newline, and lines may also end in a carriage return")
    func lineEnds() {
        let (settings, _) = ConfigFile.parse(Bytes("a=1\r\n\r\nb=2"))
        #expect(
            settings == [
                .init(line: 1, option: Bytes("a"), value: Bytes("1")),
                .init(line: 3, option: Bytes("b"), value: Bytes("2")),
            ])
    }

    @Test("No byte of a line affects the lines next to it")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            for line in [[byte], Bytes("o=") + [byte], Bytes("o='") + [byte]] {
                let (settings, _) = ConfigFile.parse(Bytes("a=1\n") + line + Bytes("\nb=2"))
                #expect(settings.first == .init(line: 1, option: Bytes("a"), value: Bytes("1")), "\(line)")
                #expect(settings.last?.option == Bytes("b"), "\(line)")
                #expect(settings.last?.value == Bytes("2"), "\(line)")
            }
        }
    }
}
