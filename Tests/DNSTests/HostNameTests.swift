import LinuxSystem
import Testing

@testable import DNS

@Suite("Host names")
struct HostNameTests {
    private static let label63 = String(repeating: "a", count: 63)
    private static let name253 = [label63, label63, label63, String(repeating: "a", count: 61)]
        .joined(separator: ".")

    @Test(
        "Labels consist of letters, digits, hyphens and underscores, and dots separate them",
        arguments: [
            "a", "A", "0", "_", "store", "store.default.svc.cluster.local", "_afs3-vlserver._udp.cell", "10.96.0.1",
            "a-", "a--b", "x.-y", label63, name253,
        ])
    func valid(text: String) throws {
        let name = try HostName(validating: text.utf8)
        #expect(name.bytes == Bytes(text: text))
        #expect(name.text == Bytes(text: text))
        #expect(!name.isAbsolute)
    }

    @Test("A final dot is noted but does not count", arguments: ["a.", "store.default.", name253 + "."])
    func absolute(text: String) throws {
        let name = try HostName(validating: text.utf8)
        #expect(name.bytes == Bytes(text.utf8.dropLast()))
        #expect(name.text == Bytes(text: text))
        #expect(name.isAbsolute)
    }

    @Test(
        "The rule that a name breaks is reported",
        arguments: [
            ("", HostName.Problem.empty), (".", .empty), ("..", .emptyLabel), (".a", .emptyLabel),
            ("a..b", .emptyLabel), ("a..", .emptyLabel), (name253 + "a", .tooLong),
            (String(repeating: "a.", count: 2048), .tooLong), (label63 + "a", .labelTooLong),
            ("b." + label63 + "a", .labelTooLong), ("-", .leadingHyphen), ("-a", .leadingHyphen),
            ("a b", .invalidCharacter), ("a/b", .invalidCharacter), ("a:b", .invalidCharacter),
            ("a%b", .invalidCharacter), ("a;b", .invalidCharacter), ("a\n", .invalidCharacter),
            ("a\0", .invalidCharacter), ("ä", .invalidCharacter), ("../../etc/passwd", .emptyLabel),
        ])
    func invalid(text: String, problem: HostName.Problem) {
        #expect(throws: problem) { try HostName(validating: text.utf8) }
    }

    @Test("64 of all bytes can begin a name")
    func firstBytes() {
        let valid = (UInt8.min...UInt8.max).filter { (try? HostName(validating: [$0])) != nil }
        #expect(valid == Bytes("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"))
    }

    @Test(
        "A name is below a domain that equals it or ends it after a dot, ignoring case",
        arguments: [
            ("cluster.local", true), ("store.default.svc.cluster.local", true), ("STORE.Cluster.LOCAL", true),
            ("x.cluster.local.", true), ("xcluster.local", false), ("local", false), ("cluster.local.x", false),
            ("store.default", false),
        ])
    func below(text: String, isBelow: Bool) throws {
        #expect(try HostName(validating: text.utf8).isBelow(Bytes("cluster.local")) == isBelow)
    }

    @Test(
        "A domain is in lowercase, and without dots at its ends",
        arguments: [
            ("cluster.local", "cluster.local"), ("Cluster.LOCAL.", "cluster.local"), ("..a_b.c..", "a_b.c"),
            ("", nil), (".", nil), ("a..b", nil), ("a b", nil), ("-a", nil), (label63 + "a", nil),
        ])
    func domain(text: String, expected: String?) {
        #expect(HostName.domain(Bytes(text: text)) == expected.map { Bytes(text: $0) })
    }

    @Test("No name is below the empty domain")
    func belowNothing() {
        #expect(!HostName("a").isBelow([]))
    }
}
