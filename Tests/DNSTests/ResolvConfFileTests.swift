import LinuxSystem
import Testing

@testable import DNS

@Suite("resolv.conf")
struct ResolvConfFileTests {
    @Test(
        "The last search or domain line of the host's file applies",
        arguments: [
            ("", []), ("nameserver 10.0.0.1\n", []), ("search a b\n", ["a", "b"]), ("domain a\n", ["a"]),
            ("search a b\nsearch c\n", ["c"]), ("search a\ndomain b", ["b"]), ("search\n", []),
            ("search a\nsearch\n", []), ("search\ta \t b \r\n", ["a", "b"]), ("#search a\n;search b\n", []),
            ("# x\nsearch a", ["a"]), ("searching a\n", []), ("SEARCH a\n", []),
            ("search a;b #c\n", ["a;b", "#c"]),
            ("\0\nsearch a\n", ["a"]), ("\n\n\n", []),
        ] as [(String, [String])])
    func searchList(content: String, search: [String]) {
        #expect(ResolvConfFile(parsing: Bytes(text: content)).search == search.map { Bytes(text: $0) })
    }

    @Test(
        "The first three servers of the host's file apply, and invalid addresses are skipped",
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
        #expect(ResolvConfFile(parsing: Bytes(text: content)).servers.map(\.text) == servers)
    }
}
