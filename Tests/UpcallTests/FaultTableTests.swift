import CLinux
import Foundation
import LinuxSystem
import Testing

/// Measures every fault, one after the other, and writes docs/faults.md: `make faults`. The other suites, which run at
/// the same time as each other, check what must happen; this one shows how long it takes.
@Suite(
    "The table of faults", .enabled(if: FaultTable.path != nil, "measured by make faults"), .upcalls, .serialized)
struct FaultTableTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    @Test("After each fault the next lookup succeeds")
    func table() async throws {
        var table = FaultTable()
        try await serverFaults(&table)
        try await kubeletFaults(&table)
        try await hostFaults(&table)
        try await handlerFaults(&table)
        try await keyFaults(&table)
        try table.write()
    }

    // MARK: DNS servers

    private func serverFaults(_ table: inout FaultTable) async throws {
        table.heading = "CoreDNS"
        let scenario = Scenario.faultyServer
        let down = await Upcall.request(scenario.name())
        let server = try ScriptedDNSServer(address: "127.0.0.164", answer: ScriptedDNSServer.address)
        table.add("is down", down, next: await Upcall.request(scenario.name()))

        let faults: [(String, Double, @Sendable (Bytes) -> Bytes?)] = [
            ("is silent", 0, { _ in nil }),
            ("answers after 0.5 s", 0.5, ScriptedDNSServer.address),
            ("answers after 1.5 s", 1.5, ScriptedDNSServer.address),
            ("answers after 2.5 s", 2.5, ScriptedDNSServer.address),
            ("answers after 10 s", 10, ScriptedDNSServer.address),
            ("answers garbage", 0, ScriptedDNSServer.garbage),
            ("answers with wrong identifiers", 0, ScriptedDNSServer.wrongIdentifier),
            ("cuts its answer off, and is silent over TCP", 0, ScriptedDNSServer.truncated),
            ("answers SERVFAIL", 0, ScriptedDNSServer.serverFailure),
            ("answers REFUSED", 0, ScriptedDNSServer.refusal),
            ("answers with an alias of itself", 0, ScriptedDNSServer.aliasLoop),
        ]
        for (fault, delay, answer) in faults {
            server.play(delay: delay, answer)
            let name = scenario.name()
            let upcall = await Upcall.request(name)
            server.play(ScriptedDNSServer.address)
            table.add(fault, upcall, next: await Upcall.request(name))
        }

        let long = try ScriptedDNSServer(
            address: "127.0.0.175", streamAnswer: ScriptedDNSServer.longest, answer: ScriptedDNSServer.truncated)
        let longAnswer = await Upcall.request(Scenario.longTCP.name())
        long.play(ScriptedDNSServer.address)
        table.add("answers with 64 KB over TCP", longAnswer, next: await Upcall.request(Scenario.longTCP.name()))

        _ = try ScriptedDNSServer(address: "127.0.0.176", queries: 1) { _ in nil }
        let vanished = await Upcall.request(Scenario.vanishing.name())
        _ = try ScriptedDNSServer(address: "127.0.0.176", answer: ScriptedDNSServer.address)
        table.add("goes away while it is asked", vanished, next: await Upcall.request(Scenario.vanishing.name()))

        for (fault, scenario) in [("down", Scenario.firstRefused), ("silent", .firstSilent)] {
            let upcall = await Upcall.request(scenario.name())
            table.add("has three servers, the first is \(fault)", upcall, next: await next())
        }
    }

    // MARK: The kubelet

    private func kubeletFaults(_ table: inout FaultTable) async throws {
        table.heading = "The kubelet's configuration"
        let scenario = Scenario.damagedKubeletConfig
        let file = host.directory.appending(path: scenario.kubeletFile)
        let whole = try Data(contentsOf: file)
        let faults: [(String, () throws -> Void)] = [
            ("is half written", { try whole.prefix(whole.count * 2 / 3).write(to: file) }),
            ("is deleted", { try FileManager.default.removeItem(at: file) }),
            (
                "is replaced every millisecond",
                {
                    Thread {
                        for _ in 0..<200 {
                            try? whole.write(to: file, options: .atomic)
                            usleep(1000)
                        }
                    }.start()
                }
            ),
        ]
        for (fault, bringAbout) in faults {
            try bringAbout()
            let upcall = await Upcall.request(scenario.name())
            if fault != faults.last?.0 { try whole.write(to: file) }
            table.add(fault, upcall, next: await Upcall.request(scenario.name()))
        }
    }

    // MARK: The host

    private func hostFaults(_ table: inout FaultTable) async throws {
        table.heading = "The host"
        try LogSocket.unread(path: host.directory.appending(path: Scenario.fullLogSocket).path)
        let faults: [(String, Scenario)] = [
            ("/etc/resolv.conf leads nowhere", .danglingResolvConf), ("/, /run and /tmp are read-only", .readOnly),
            ("/run and /tmp are full", .diskFull), ("there is no /proc", .noProc),
            ("there is no log", .noLog), ("the log takes no more", .fullLog),
            ("five files may be open", .fewFiles), ("24 MiB of address space", .littleMemory),
            ("1 MiB of address space", .noMemory), ("standard streams are closed", .closedStreams),
            ("unshare(2) is refused", .noCapability), ("mount(2) is refused", .noPropagation),
        ]
        for (fault, scenario) in faults {
            let upcall = await Upcall.request(scenario.name())
            table.add(fault, upcall, next: try await nextWithout(scenario))
        }
    }

    // MARK: The handler

    private func handlerFaults(_ table: inout FaultTable) async throws {
        table.heading = "The handler, while it waits for a server"
        for (fault, scenario, signal) in [
            ("is ended by SIGKILL", Scenario.killed, SIGKILL), ("is ended by SIGTERM", .endedBySIGTERM, SIGTERM),
            ("crashes with SIGSEGV", .endedBySIGSEGV, SIGSEGV),
        ] {
            let name = scenario.name()
            async let pending = Upcall.request(name)
            try await Handler.waiting(in: scenario).end(by: signal)
            let upcall = await pending
            host.holdingServer.play(ScriptedDNSServer.address)
            table.add(fault, upcall, next: await Upcall.request(name))
            host.holdingServer.play(ScriptedDNSServer.truncated)
        }

        let server = try ScriptedDNSServer(address: "127.0.0.163") { _ in nil }
        let program = Scenario.replaced.program(on: host)
        async let pending = Upcall.request(Scenario.replaced.name())
        _ = try await Handler.waiting(in: .replaced, for: server)
        try FileManager.default.copyItem(atPath: host.program, toPath: program + ".new")
        try checked(rename(program + ".new", program))
        server.play(ScriptedDNSServer.address)
        table.add("has its program replaced", await pending, next: await Upcall.request(Scenario.replaced.name()))
    }

    private func keyFaults(_ table: inout FaultTable) async throws {
        table.heading = "The key, while the handler waits for a server"
        _ = try ScriptedDNSServer(address: "127.0.0.169", delay: 1.2, answer: ScriptedDNSServer.address)
        for (fault, scenario) in [
            ("is instantiated by somebody else", Scenario.instantiatedElsewhere),
            ("is rejected by somebody else", .rejectedElsewhere), ("is revoked", .revokedElsewhere),
            ("is invalidated", .invalidatedElsewhere), ("expires", .expiredElsewhere),
        ] {
            let upcall = await Upcall.request(scenario.name())
            table.add(fault, upcall, next: try await nextWithout(scenario))
        }
    }

    /// The next lookup of another name, whose server never had a fault.
    private func next() async -> Upcall { await Upcall.request(Scenario.cluster.name()) }

    /// The next lookup in a scenario whose host is intact again.
    private func nextWithout(_ scenario: Scenario) async throws -> Upcall {
        try host.write("", to: scenario.repairedFile)
        return await Upcall.request(scenario.name())
    }
}
