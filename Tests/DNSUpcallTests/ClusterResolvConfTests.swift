import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("The generated resolv.conf")
struct ClusterResolvConfTests {
    private static func addresses(_ texts: String...) -> [IPAddress] {
        texts.map { IPAddress($0.utf8)! }
    }

    private static func search(domain: StaticString = "cluster.local", host: [String]) -> [String] {
        ClusterResolvConf(servers: [], domain: Bytes(domain), hostSearch: host.map { Bytes(text: $0) }).search
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The content is that of a Pod, with short timeouts")
    func content() {
        let resolvConf = ClusterResolvConf(
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

    @Test("There are at most 32 search domains")
    func mostDomains() {
        let search = Self.search(host: (0..<100).map { "d\($0)" })
        #expect(search.count == 32)
        #expect(search.last == "d29")
    }

    @Test("The search domains and the blanks between them have at most 2048 characters", arguments: [2015, 2016])
    func mostCharacters(length: Int) {
        // "svc.cluster.local " and "cluster.local " take 32 of them.
        #expect(Self.search(host: [String(repeating: "a", count: length)]).count == (length == 2015 ? 3 : 2))
    }
}
