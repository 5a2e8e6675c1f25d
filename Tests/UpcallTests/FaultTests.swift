import CLinux
import Foundation
import LinuxSystem
import Synchronization
import Testing

/// What a requester gets, and when, while something is broken, and that the next request succeeds after the repair.
@Suite("Faults", .upcalls)
struct FaultTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    // MARK: DNS servers

    @Test("The lookup waits for a slow server")
    func slowServer() async throws {
        _ = try ScriptedDNSServer(address: "127.0.0.170", delay: 0.5, answer: ScriptedDNSServer.address)
        let upcall = await Upcall.request(Scenario.slow.name())
        #expect(upcall.outcome == ScriptedDNSServer.address)
        #expect((0.5..<5).contains(upcall.seconds), "\(upcall.seconds)")
    }

    /// Answers after the first attempt has timed out.
    private static let slowerServer = Result {
        try ScriptedDNSServer(address: "127.0.0.169", delay: 1.2, answer: ScriptedDNSServer.address)
    }

    @Test("A server that is too slow for the first attempt is understood in the second")
    func slowerServer() async throws {
        _ = try Self.slowerServer.get()
        let upcall = await Upcall.request(Scenario.slower.name())
        #expect(upcall.outcome == ScriptedDNSServer.address)
        #expect((1.2..<5).contains(upcall.seconds), "\(upcall.seconds)")
    }

    struct BadServer: CustomTestStringConvertible {
        let fault: String
        let scenario: Scenario
        let errno: Int32
        let seconds: ClosedRange<Double>
        let start: @Sendable () throws -> Void
        var testDescription: String { fault }
    }

    static let badServers = [
        BadServer(fault: "answers after 2.5 s", scenario: .tooSlow, errno: EAGAIN, seconds: 2...5) {
            _ = try ScriptedDNSServer(
                address: "127.0.0.171", delay: 2.5, answer: ScriptedDNSServer.address)
        },
        BadServer(fault: "answers after 10 s", scenario: .muchTooSlow, errno: EAGAIN, seconds: 2...5) {
            _ = try ScriptedDNSServer(
                address: "127.0.0.165", delay: 10, answer: ScriptedDNSServer.address)
        },
        BadServer(fault: "wrong identifiers", scenario: .wrongIdentifiers, errno: EAGAIN, seconds: 1...5) {
            _ = try ScriptedDNSServer(address: "127.0.0.172", answer: ScriptedDNSServer.wrongIdentifier)
        },
        // The C library has no time limit for TCP, so the deadline ends this.
        BadServer(fault: "truncated, and silent over TCP", scenario: .halfOpenTCP, errno: EAGAIN, seconds: 4.5...9)
        {
            _ = try ScriptedDNSServer(address: "127.0.0.173", answer: ScriptedDNSServer.truncated)
        },
        BadServer(fault: "a loop of aliases", scenario: .aliasLoop, errno: ENODATA, seconds: 0...5) {
            _ = try ScriptedDNSServer(address: "127.0.0.174", answer: ScriptedDNSServer.aliasLoop)
        },
    ]

    @Test("A faulty server costs limited time", arguments: badServers)
    func badServer(_ server: BadServer) async throws {
        try server.start()
        let name = server.scenario.name()
        let upcall = await Upcall.request(name)
        #expect(upcall.errno == Errno(server.errno), "\(upcall.outcome)")
        #expect(server.seconds.contains(upcall.seconds), "\(upcall.seconds)")
        #expect(try await host.log.datagrams(containing: name).count == 1)
    }

    @Test("The longest possible answer is read over TCP")
    func longAnswer() async throws {
        _ = try ScriptedDNSServer(
            address: "127.0.0.175", streamAnswer: ScriptedDNSServer.longest, answer: ScriptedDNSServer.truncated)
        let upcall = await Upcall.request(Scenario.longTCP.name())
        #expect(upcall.outcome.hasPrefix("10.14."), "\(upcall.outcome)")
        // The C library sorts all addresses, with a socket for each.
        #expect(upcall.seconds < 5)
    }

    @Test("A server that goes away during a query is found again after its return")
    func vanishingServer() async throws {
        _ = try ScriptedDNSServer(address: "127.0.0.176", queries: 1) { _ in nil }
        let upcall = await Upcall.request(Scenario.vanishing.name())
        #expect(upcall.errno == Errno(ECONNREFUSED), "\(upcall.outcome)")
        #expect(upcall.seconds < 5)

        _ = try ScriptedDNSServer(address: "127.0.0.176", answer: ScriptedDNSServer.address)
        let next = await Upcall.request(Scenario.vanishing.name())
        #expect(next.outcome == ScriptedDNSServer.address)
        #expect(next.seconds < 5)
    }

    @Test("SERVFAIL is remembered for at most two seconds, and the name resolves after the server has recovered")
    func recoveringServer() async throws {
        let isBroken = Atomic(true)
        _ = try ScriptedDNSServer(address: "127.0.0.177") { query in
            isBroken.load(ordering: .relaxed)
                ? ScriptedDNSServer.serverFailure(query) : ScriptedDNSServer.address(query)
        }
        let name = Scenario.recovering.name()
        let upcall = await Upcall.request(name)
        #expect(upcall.errno == Errno(EAGAIN))
        #expect(upcall.seconds < 5)
        #expect(try #require(upcall.key?.secondsLeft) <= 2)
        isBroken.store(false, ordering: .relaxed)
        #expect(await Upcall.request(name).outcome == ScriptedDNSServer.address)
    }

    // MARK: The kubelet's configuration

    @Test(
        "An unreadable kubelet configuration does not affect the host's names, and counts after its repair"
    )
    func damagedKubeletConfiguration() async throws {
        let scenario = Scenario.damagedKubeletConfig
        let path = host.directory.appending(path: scenario.kubeletFile).path
        let whole = try Data(contentsOf: URL(filePath: path))
        let damages: [(String, () throws -> Void)] = [
            ("half written", { try whole.prefix(whole.count * 2 / 3).write(to: URL(filePath: path)) }),
            ("deleted", {}),
            ("a directory", { try checked(mkdir(path, 0o755)) }),
            ("a FIFO", { try checked(mkfifo(path, 0o644)) }),
            (
                "50 MB",
                {
                    try whole.write(to: URL(filePath: path))
                    try checked(truncate(path, 50 << 20))
                }
            ),
        ]
        for (damage, bringAbout) in damages {
            try FileManager.default.removeItem(atPath: path)
            try bringAbout()
            let name = scenario.name("host.example")
            let upcall = await Upcall.request(name)
            #expect(upcall.outcome == "10.61.0.1", "\(damage)")
            #expect(upcall.seconds < 5, "\(damage)")
            let cluster = await Upcall.request(scenario.name())
            #expect(cluster.errno == Errno(ENODATA), "\(damage)")
            #expect(cluster.seconds < 5, "\(damage)")
            try? FileManager.default.removeItem(atPath: path)
            try whole.write(to: URL(filePath: path))
            #expect(await Upcall.request(scenario.name()).outcome == "10.10.0.2", "\(damage)")
        }
        #expect(try await host.log.datagrams(containing: scenario.kubeletFile).count == 2 * damages.count)
    }

    @Test("A kubelet configuration that is replaced repeatedly is read as a whole, either the old or the new one")
    func replacedKubeletConfiguration() async throws {
        let path = host.directory.appending(path: Scenario.replacedKubeletConfig.kubeletFile).path
        let whole = try Data(contentsOf: URL(filePath: path))
        let replacing = Task {
            while !Task.isCancelled {
                try whole.write(to: URL(filePath: path + ".new"))
                try checked(rename(path + ".new", path))
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
        let upcalls = await Upcall.requests((0..<30).map { _ in Scenario.replacedKubeletConfig.name() })
        #expect(upcalls.map(\.outcome) == Array(repeating: "10.10.0.2", count: 30))
        replacing.cancel()
        try await replacing.value
    }

    // MARK: The host

    static let damagedHosts: [Scenario] = [
        .readOnly, .diskFull, .noProc, .noLog, .fullLog, .littleMemory, .closedStreams, .noCapability,
        .noPropagation, .danglingResolvConf,
    ]

    @Test("On a damaged host, a name resolves, and one that does not exist is rejected", arguments: damagedHosts)
    func damagedHost(scenario: Scenario) async throws {
        if scenario == .fullLog {
            try LogSocket.unread(path: host.directory.appending(path: Scenario.fullLogSocket).path)
        }
        let found = await Upcall.request(scenario.name())
        #expect(found.outcome == "10.10.0.2")
        #expect(found.seconds < 5)
        let name = scenario.name("none.svc.cluster.local")
        let missing = await Upcall.request(name)
        #expect(missing.errno == Errno(ENODATA), "\(missing.outcome)")
        #expect(missing.seconds < 5)
        let hasLog = scenario != .noLog && scenario != .fullLog
        let lines = try await host.log.datagrams(containing: name).filter { $0.contains("ENODATA") }
        #expect(lines.count == (hasLog ? 1 : 0))
    }

    @Test("If mounts are refused, the log says so once, and the cluster is asked", arguments: noMounts)
    func refusedMounts(scenario: Scenario, error: String) async throws {
        for _ in 0..<2 { #expect(await Upcall.request(scenario.name()).outcome == "10.10.0.2") }
        // Other tests use the same host.
        let lines = try await host.log.datagrams(containing: scenario.prefix).filter { $0.contains("namespace") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains(error) == true, "\(lines)")
    }

    static let noMounts = [
        (Scenario.noCapability, Errno(EPERM).text), (.noPropagation, Errno(EINVAL).text),
    ]

    @Test("If only two more files may be opened, the name is resolved, without its TTL")
    func fewFiles() async throws {
        let upcall = await Upcall.request(Scenario.fewFiles.name())
        #expect(upcall.outcome == "10.10.0.2")
        #expect(upcall.seconds < 5)
    }

    @Test("With too little memory to start the program, the kernel itself answers")
    func noMemory() async {
        let upcall = await Upcall.request(Scenario.noMemory.name())
        #expect(upcall.errno == Errno(ENOKEY), "\(upcall.outcome)")
        #expect(upcall.seconds < 5)
    }

    // MARK: The handler and the key

    @Test("After the handler was killed, the next name resolves")
    func killed() async throws {
        async let pending = Upcall.request(Scenario.killed.name())
        try await Handler.waiting(in: .killed).end(by: SIGKILL)
        let ended = MonotonicTime.now.microseconds
        let upcall = await pending
        // Otherwise it would have waited for a minute.
        #expect(MonotonicTime.now.microseconds - ended < 30_000_000)
        // The kernel's own answer: a killed program cannot give a better one.
        #expect(upcall.errno == Errno(ENOKEY))
        #expect(await Upcall.request(Scenario.cluster.name()).outcome == "10.10.0.2")
    }

    @Test(
        "The shortest answer outlives a handler that takes a while to end, at any fraction of the clock's second")
    func lateEnd() async {
        await withTaskGroup { group in
            for tenths in 0..<10 {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(100 * tenths))
                    let upcall = await Upcall.request(Scenario.lateEnd.name())
                    #expect(upcall.errno == Errno(ECONNREFUSED), "\(upcall.outcome)")
                }
            }
        }
    }

    @Test("The program can be replaced while it waits")
    func replaced() async throws {
        let server = try ScriptedDNSServer(address: "127.0.0.163") { _ in nil }
        let program = Scenario.replaced.program(on: host)
        let name = Scenario.replaced.name()
        async let pending = Upcall.request(name)
        _ = try await Handler.waiting(in: .replaced, for: server)
        try FileManager.default.copyItem(atPath: host.program, toPath: program + ".new")
        try checked(rename(program + ".new", program))
        server.play(ScriptedDNSServer.address)
        let outcome = await pending.outcome
        let lines = try await host.log.datagrams(containing: name)
        #expect(outcome == ScriptedDNSServer.address, "\(lines)")
        #expect(await Upcall.request(Scenario.replaced.name()).outcome == ScriptedDNSServer.address)
    }

    /// Answers of another process with the authority over the key, such as a child of the handler.
    @Test(
        "Another process's answer remains, and the log says that the handler's was refused", arguments: elsewhere)
    func answeredElsewhere(scenario: Scenario, outcome: String) async throws {
        _ = try Self.slowerServer.get()
        let name = scenario.name()
        let upcall = await Upcall.request(name)
        #expect(upcall.outcome == outcome)
        #expect(upcall.seconds < 5)
        let lines = try await host.log.datagrams(containing: name)
        #expect(lines.count == 1)
        #expect(lines.first?.contains(Errno(EACCES).text) == true, "\(lines)")
    }

    static let elsewhere = [
        (Scenario.instantiatedElsewhere, Scenario.addressFromElsewhere),
        (.rejectedElsewhere, Errno(EKEYREJECTED).text),
    ]

    /// The kernel lets nobody touch a key under construction: the command takes effect after the answer, which the
    /// requester may already have read.
    @Test("A key cannot be withdrawn from the handler", arguments: withdrawals)
    func withdrawn(scenario: Scenario, errno: Int32) async throws {
        _ = try Self.slowerServer.get()
        let name = scenario.name()
        let upcall = await Upcall.request(name)
        #expect([ScriptedDNSServer.address, Errno(errno).text].contains(upcall.outcome))
        #expect((0.5..<5).contains(upcall.seconds), "\(upcall.seconds)")
        #expect(try await host.log.datagrams(containing: name).isEmpty)
        let next = await Upcall.request(Scenario.cluster.name())
        #expect(next.outcome == "10.10.0.2")
    }

    @Test("A key that expires before the servers answer accepts only a rejection")
    func expired() async throws {
        _ = try Self.slowerServer.get()
        let upcall = await Upcall.request(Scenario.expiredElsewhere.name())
        // EAGAIN if the machine is so busy that the server's answer arrives too late.
        #expect([Errno(EIO), Errno(EAGAIN)].contains(upcall.errno), "\(upcall.outcome)")
        #expect(upcall.seconds < 5)
        let next = await Upcall.request(Scenario.cluster.name())
        #expect(next.outcome == "10.10.0.2")
    }

    static let withdrawals = [(Scenario.revokedElsewhere, EKEYREVOKED), (.invalidatedElsewhere, ENOKEY)]
}
