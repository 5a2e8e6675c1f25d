import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Requests")
struct RequestTests {
    @Test(
        "The query type determines the family, or else the callout does",
        arguments: [
            ("", "", AddressFamilies.both), ("", "ipv4", .ipv4), ("", "ipv6", .ipv6), ("", "ipv4 ipv6", .both),
            ("", "IPV4", .both), ("a:", "", .ipv4), ("a:", "ipv6", .ipv4), ("a:", "ipv4 ipv6", .ipv4),
            ("aaaa:", "", .ipv6), ("aaaa:", "ipv4", .ipv6), ("aaaa:", "ipv6", .ipv6),
        ])
    func families(type: String, callout: String, families: AddressFamilies) throws {
        let request = try Request(
            description: Bytes(text: type + "store.default"), callout: Bytes(text: callout))
        #expect(request.families == families)
        #expect(request.name.bytes == Bytes("store.default"))
    }

    @Test(
        "The word 'list', anywhere, requests all addresses",
        arguments: [
            ("", false), ("list", true), ("ipv4 list", true), ("list ipv6", true), ("\t list\n", true),
            ("lists", false), ("List", false), ("list=1", false), ("li st", false), ("list\0", false),
        ])
    func list(callout: String, wantsList: Bool) throws {
        #expect(try Request(description: Bytes("a"), callout: Bytes(text: callout)).wantsList == wantsList)
    }

    @Test("Other words are kept in order, to be reported")
    func unknownWords() throws {
        let request = try Request(description: Bytes("a"), callout: Bytes("srv=1 list ipv5\tipv4 \0"))
        #expect(request.unknownWords == [Bytes("srv=1"), Bytes("ipv5"), Bytes([0])])
        #expect(request.wantsList)
        #expect(request.families == .ipv4)
    }

    @Test(
        "An AFS client may request the binary list of servers",
        arguments: [
            ("srv=1", true), ("ipv4 srv=1", true), ("srv=2", true), ("srv=0", false), ("", false),
            ("srv=0 srv=1", true),
        ])
    func serverRecords(callout: String, wantsServerRecords: Bool) throws {
        let request = try Request(description: Bytes("afsdb:cell.example"), callout: Bytes(text: callout))
        #expect(request.queryType == .afsdb)
        #expect(request.wantsServerRecords == wantsServerRecords)
        #expect(request.unknownWords.isEmpty)
    }

    @Test(
        "An invalid version is an unknown word", arguments: ["srv", "srv=", "srv=x", "srv=-1", "srv=99999"])
    func noVersion(callout: String) throws {
        let request = try Request(description: Bytes("afsdb:cell.example"), callout: Bytes(text: callout))
        #expect(!request.wantsServerRecords)
        #expect(request.unknownWords == [Bytes(text: callout)])
    }

    @Test("A whole page of words is read")
    func manyWords() throws {
        let callout = Bytes((0..<4096).map { $0 % 2 == 0 ? UInt8(ascii: "x") : UInt8(ascii: " ") })
        #expect(try Request(description: Bytes("a"), callout: callout).unknownWords.count == 2048)
    }

    @Test("Other query types are refused", arguments: ["", "A", "aaa", "aaaaa", "mx", "a\0", " a", "x;y"])
    func otherTypes(type: String) {
        #expect(throws: RequestProblem.unknownQueryType(Bytes(text: type))) {
            try Request(description: Bytes(text: type + ":store"), callout: [])
        }
    }

    @Test("Only the first colon ends the query type")
    func colons() {
        #expect(throws: RequestProblem.invalidName(reason: .invalidCharacter)) {
            try Request(description: Bytes("a:b:c"), callout: [])
        }
    }

    @Test("An empty name is refused", arguments: ["", "a:", "aaaa:"])
    func noName(description: String) {
        #expect(throws: RequestProblem.invalidName(reason: .empty)) {
            try Request(description: Bytes(text: description), callout: [])
        }
    }

    @Test(
        "Only keys of the type dns_resolver are answered", arguments: ["user", "", "dns_resolver2", "DNS_RESOLVER"])
    func keyType(type: String) throws {
        let key = try KeyDescription(parsing: Bytes(text: "\(type);0;0;0;store"))
        #expect(throws: RequestProblem.foreignKeyType(Bytes(text: type))) { try Request(key: key, callout: []) }
    }

    @Test("The description and the callout of a key are read")
    func key() throws {
        let key = try KeyDescription(parsing: Bytes("dns_resolver;0;0;0;aaaa:store."))
        let request = try Request(key: key, callout: Bytes("list"))
        #expect(request.name.text == Bytes("store."))
        #expect(request.families == .ipv6)
        #expect(request.wantsList)
    }

    @Test("A DNS server is accepted from the kernel and root only", arguments: ["0", "1000", "00", ""])
    func server(userID: String) throws {
        let key = try KeyDescription(parsing: Bytes(text: "dns_resolver;\(userID);0;3f010000;nfs.svc"))
        let request = try Request(key: key, callout: Bytes("ns=192.0.2.1 ttl"))
        #expect(request.server?.text == (userID == "0" ? "192.0.2.1" : nil))
        #expect(request.unknownWords.count == (userID == "0" ? 0 : 1))
    }

    @Test(
        "An invalid DNS server is an unknown word", arguments: ["ns=", "ns=localhost", "ns=1.2.3", "ns"])
    func invalidServer(word: String) throws {
        let request = try Request(description: Bytes("a"), callout: Bytes(text: word), isTrusted: true)
        #expect(request.server == nil)
        #expect(request.unknownWords == [Bytes(text: word)])
    }
}
