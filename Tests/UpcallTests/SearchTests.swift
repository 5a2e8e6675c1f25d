import CLinux
import Foundation
import LinuxSystem
import Testing

/// What processes and file systems of the node can do to a handler that searches for the kubelet.
@Suite("The search for the kubelet", .upcalls, .serialized)
struct SearchTests {
    private let host: TestHost

    init() async throws { host = try await TestHost.shared() }

    private static let arguments = ["--cluster-dns=127.0.0.180", "--cluster-domain=cluster.local"]

    @Test("The cluster's DNS comes from a process whose executable is a kubelet")
    func kubelet() async throws {
        let processes = try NodeProcesses(.searched, on: host)
        try await processes.start("waits", Self.arguments, executable: processes.kubelet)
        #expect(await Upcall.request(Scenario.searched.name()).outcome == "10.10.0.2")
    }

    @Test("A process of root that calls itself kubelet does not choose the DNS servers")
    func impostor() async throws {
        let processes = try NodeProcesses(.searched, on: host)
        try await processes.start("waits", Self.arguments)
        #expect(await Upcall.request(Scenario.searched.name()).errno == Errno(ENODATA))
    }

    @Test(
        "A user's process whose memory is locked holds up no lookup",
        arguments: [Scenario.searched, .searchedShort])
    func lockedMemory(scenario: Scenario) async throws {
        let processes = try NodeProcesses(scenario, on: host)
        try await processes.start("hangs", user: 1000)
        let upcall = await Upcall.request(scenario.name("host.example"))
        #expect(upcall.outcome == "10.61.0.1")
        #expect(upcall.seconds < 0.9)
    }

    @Test(
        "If the kubelet's own memory is locked, the host's names are found, and others may be asked for again soon",
        arguments: [(Scenario.searched, 5.5), (.searchedShort, 1.5)])
    func lockedKubelet(scenario: Scenario, limit: Double) async throws {
        let processes = try NodeProcesses(scenario, on: host)
        try await processes.start("hangs", Self.arguments, executable: processes.kubelet)
        let upcall = await Upcall.request(scenario.name())
        #expect(upcall.errno == Errno(EAGAIN))
        #expect(try #require(upcall.key?.secondsLeft) <= 2)
        #expect(upcall.seconds < limit)
        #expect(await Upcall.request(scenario.name("host.example")).outcome == "10.61.0.1")
        let stuck = "/proc/\(processes.ids[0])"
        #expect(try await !host.log.datagrams(containing: "\(stuck) takes too long").isEmpty)
    }

    @Test("An automounter that never answers is given up")
    func automounter() async throws {
        let upcall = await Upcall.request(Scenario.automounted.name())
        #expect(upcall.errno == Errno(EAGAIN))
        #expect(try #require(upcall.key?.secondsLeft) <= 2)
        #expect(upcall.seconds < 5.5)
    }
}
