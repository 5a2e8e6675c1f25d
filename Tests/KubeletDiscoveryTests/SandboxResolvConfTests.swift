import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct SandboxResolvConfTests {
    @Test func readsAPodsFile() throws {
        let content =
            "search a.svc.Cluster.local svc.cluster.local cluster.local x\nnameserver 10.0.0.1\noptions ndots:5\n"
        let settings = try #require(SandboxResolvConf(parsing: Bytes(content.utf8)))
        #expect(settings.servers.map(\.text) == ["10.0.0.1"])
        #expect(settings.domain == Bytes("cluster.local"))
    }

    @Test(arguments: [
        "nameserver 10.0.0.1\n", "search a.svc.b svc.b b\n", "search a.svc.b svc.b\nnameserver 10.0.0.1\n",
        "search a.svc.b svc.c b\nnameserver 10.0.0.1\n", "search a.b.svc.b svc.b b\nnameserver 10.0.0.1\n",
        "search .svc.b svc.b b\nnameserver 10.0.0.1\n", "search a.svc.b svc.b b\nnameserver x\n",
        "search a.svc.b svc.b b\nsearch b\nnameserver 10.0.0.1\n",
    ])
    func passesOverOthers(content: String) {
        #expect(SandboxResolvConf(parsing: Bytes(content.utf8)) == nil)
    }
}
