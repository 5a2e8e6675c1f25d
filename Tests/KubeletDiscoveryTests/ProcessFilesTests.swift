import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct ProcessFilesTests {
    @Test func findsTheStartTimeBehindAnyName() {
        let rest = Array(repeating: "0", count: 18).joined(separator: " ")
        #expect(startTime(stat: Bytes("1 (a) b) S \(rest) 4211 5".utf8)) == 4211)
        #expect(startTime(stat: Bytes("1 (a) S \(rest)".utf8)) == nil)
        #expect(startTime(stat: Bytes("1 (a) Z \(rest) 4211 5".utf8)) == nil)
        #expect(startTime(stat: Bytes("1".utf8)) == nil)
    }

    @Test func splitsTheCommandLine() {
        #expect(arguments(ofCommandLine: Bytes("a\0\0b\0".utf8)) == [Bytes("a"), [], Bytes("b")])
        #expect(arguments(ofCommandLine: []).isEmpty)
    }

    @Test(arguments: [
        ("Uid:\t0\t0\t0\t0\nNSpid:\t5\n", true), ("Uid:\t0\t0\t0\t1000\nNSpid:\t5\n", false),
        ("Uid:\t0\t0\t0\t0\nNSpid:\t5\t1\n", false), ("Uid:\t0\t0\t0\t0\n", false), ("NSpid:\t5\n", false),
        ("Name:\tUid:\t0\t0\t0\t0\nUid:\t1\t1\t1\t1\nNSpid:\t5\n", false), ("", false),
    ])
    func trustsRootOutsideContainers(status: String, expected: Bool) {
        #expect(isRootOutsideContainers(status: Bytes(status.utf8)) == expected)
    }
}

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
