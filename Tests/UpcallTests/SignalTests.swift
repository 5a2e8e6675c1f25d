import CLinux
import LinuxSystem
import Testing

/// Signals to a handler that waits for a DNS server.
@Suite("Signals", .upcalls)
struct SignalTests {
    init() async throws { _ = try await TestHost.shared() }

    @Test(
        "A signal that ends the handler rejects the key at once",
        arguments: [
            (Scenario.endedBySIGSEGV, SIGSEGV), (.endedBySIGTERM, SIGTERM), (.endedBySIGUSR1, SIGUSR1),
        ])
    func endedBySignal(scenario: Scenario, signal: Int32) async throws {
        let name = scenario.name()
        async let pending = Upcall.request(name)
        try await Handler.waiting(in: scenario).end(by: signal)
        let ended = MonotonicTime.now.microseconds
        let upcall = await pending
        // Otherwise it would have waited for a minute.
        #expect(MonotonicTime.now.microseconds - ended < 30_000_000)
        #expect(upcall.errno == Errno(EIO))
        #expect(try #require(upcall.key?.secondsLeft) <= 10)
        #expect(try await TestHost.shared().log.datagrams(containing: name).count == 1)
    }

    @Test("The account nobody cannot stop the handler, which would make its caller wait forever")
    func stoppedByNobody() async throws {
        async let pending = Upcall.request(Scenario.stopped.name())
        let handler = try await Handler.waiting(in: .stopped)
        let kill = try await Command.run([
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "kill", "-STOP", "\(handler.process)",
        ])
        if kill.status == 0 { try handler.end(by: SIGCONT) }
        try handler.end(by: SIGTERM)
        _ = await pending
        #expect(kill.status != 0)
    }
}
