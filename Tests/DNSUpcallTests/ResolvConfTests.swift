import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("resolv.conf")
struct ResolvConfTests {
    private static func addresses(_ texts: String...) -> [IPAddress] {
        texts.map { IPAddress($0.utf8)! }
    }

    private static func search(domain: StaticString = "cluster.local", host: [String]) -> [String] {
        ResolvConf(servers: [], domain: Bytes(domain), hostSearch: host.map { Bytes(text: $0) }).search
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The content is a Pod's, with short timeouts")
    func content() {
        let resolvConf = ResolvConf(
            servers: Self.addresses("10.96.0.10", "fd00::a"), domain: Bytes("k8s.test"),
            hostSearch: [Bytes("corp.example")])
        #expect(
            String(decoding: resolvConf.content, as: UTF8.self) == """
                nameserver 10.96.0.10
                nameserver fd00::a
                search svc.k8s.test k8s.test corp.example
                options ndots:5 timeout:1 attempts:2 edns0

                """)
    }

    @Test("The cluster's domains come before the host's, each once")
    func order() {
        #expect(
            Self.search(host: ["b", "cluster.local", "a", "b", "svc.cluster.local"])
                == ["svc.cluster.local", "cluster.local", "b", "a"])
    }

    @Test("There are 32 search domains at most")
    func mostDomains() {
        let search = Self.search(host: (0..<100).map { "d\($0)" })
        #expect(search.count == 32)
        #expect(search.last == "d29")
    }

    @Test("The search domains and the blanks between them have 2048 characters at most", arguments: [2015, 2016])
    func mostCharacters(length: Int) {
        // "svc.cluster.local " and "cluster.local " take 32 of them.
        #expect(Self.search(host: [String(repeating: "a", count: length)]).count == (length == 2015 ? 3 : 2))
    }

    @Test(
        "The last search or domain line of the host's file counts",
        arguments: [
            ("", []), ("nameserver 10.0.0.1\n", []), ("search a b\n", ["a", "b"]), ("domain a\n", ["a"]),
            ("search a b\nsearch c\n", ["c"]), ("search a\ndomain b", ["b"]), ("search\n", []),
            ("search a\nsearch\n", []), ("search\ta \t b \r\n", ["a", "b"]), ("#search a\n;search b\n", []),
            ("# x\nsearch a", ["a"]), ("searching a\n", []), ("SEARCH a\n", []),
            ("search a;b #c\n", ["a;b", "#c"]),
            ("\0\nsearch a\n", ["a"]), ("\n\n\n", []),
        ] as [(String, [String])])
    func searchList(content: String, search: [String]) {
        #expect(ResolvConf.searchList(of: Bytes(text: content)) == search.map { Bytes(text: $0) })
    }

    @Test(
        "The first three servers of the host's file count, and what is no address is left out",
        arguments: [
            ("", []), ("nameserver\n", []), ("nameserver 10.0.0.1 10.0.0.2\n", ["10.0.0.1"]),
            ("nameserver ::1\r\nnameserver\t10.0.0.1", ["::1", "10.0.0.1"]),
            ("nameserver x\nnameserver 10.0.0.1\n", ["10.0.0.1"]),
            (
                "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\nnameserver 1.0.0.4\n",
                ["1.0.0.1", "1.0.0.2", "1.0.0.3"]
            ),
            ("#nameserver 10.0.0.1\n", []), ("nameserver 10.0.0.1#53\n", []),
        ] as [(String, [String])])
    func nameServers(content: String, servers: [String]) {
        #expect(ResolvConf.nameServers(of: Bytes(text: content)).map(\.text) == servers)
    }
}
