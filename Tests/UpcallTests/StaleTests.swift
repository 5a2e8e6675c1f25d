import CLinux
import Foundation
import LinuxSystem
import Synchronization
import Testing

/// What file systems get with `serve_stale` while the cluster's DNS cannot be reached.
@Suite("Stale answers", .upcalls, .serialized)
struct StaleTests {
    let host: TestHost
    init() throws { host = try TestHost.shared() }

    /// What the server does.
    private enum Mode: Int {
        case up, silent, failing, noSuchName
    }

    private static let mode = Atomic(Mode.up.rawValue)
    private static let server = Result {
        try ScriptedDNSServer(address: "127.0.0.168") { query in
            switch Mode(rawValue: mode.load(ordering: .relaxed)) {
            case .up: ScriptedDNSServer.address(query)
            case .failing: ScriptedDNSServer.serverFailure(query)
            case .noSuchName: ScriptedDNSServer.noSuchName(query)
            default: nil
            }
        }
    }

    /// Asks while the server is in this mode.
    private func request(_ name: String, _ mode: Mode) async throws -> Upcall {
        _ = try Self.server.get()
        Self.mode.store(mode.rawValue, ordering: .relaxed)
        return await Upcall.request(name)
    }

    @Test("While the server is silent, the last answer is given before the deadline, and logged")
    func silent() async throws {
        let name = Scenario.stale.name()
        #expect(try await request(name, .up).outcome == ScriptedDNSServer.address)
        #expect(try await host.log.datagrams(containing: name).isEmpty)
        for count in 1...2 {
            let upcall = try await request(name, .silent)
            #expect(upcall.outcome == ScriptedDNSServer.address)
            #expect((1.8..<30).contains(upcall.seconds), "\(upcall.seconds)")
            let key = try #require(upcall.key)
            #expect(!key.isNegative)
            #expect(try #require(key.secondsLeft) <= 5)
            let lines = try await host.log.datagrams(containing: name)
            #expect(lines.count == count)
            #expect(lines.last?.contains("given \(ScriptedDNSServer.address)") == true, "\(lines)")
            #expect(lines.last?.contains("127.0.0.168") == true, "\(lines)")
        }
    }

    @Test("What the server says stands, and what it has taken back does not return")
    func reached() async throws {
        let name = Scenario.stale.name()
        #expect(try await request(name, .up).outcome == ScriptedDNSServer.address)
        #expect(try await request(name, .failing).errno == Errno(EAGAIN))
        #expect(try await request(name, .silent).outcome == ScriptedDNSServer.address)
        #expect(try await request(name, .noSuchName).errno == Errno(ENODATA))
        #expect(try await request(name, .silent).errno == Errno(EAGAIN))
    }

    @Test("A name that was never found has no answer")
    func unknown() async throws {
        #expect(try await request(Scenario.stale.name(), .silent).errno == Errno(EAGAIN))
    }

    @Test("A file that was damaged is no answer, and is used again", arguments: ["", "stale 1\n"])
    func damaged(content: String) async throws {
        let name = Scenario.stale.name()
        #expect(try await request(name, .up).outcome == ScriptedDNSServer.address)
        let file = host.directory.appending(path: Scenario.stale.stateDirectory + "/answers")
        let size = try Data(contentsOf: file).count
        let garbage = content.isEmpty ? "" : String(repeating: content, count: size / content.utf8.count)
        let writer = try FileHandle(forWritingTo: file)
        try writer.truncate(atOffset: 0)
        try writer.write(contentsOf: Data(garbage.utf8))
        try writer.close()
        #expect(try await request(name, .silent).errno == Errno(EAGAIN))
        #expect(try await request(name, .up).outcome == ScriptedDNSServer.address)
        #expect(try await request(name, .silent).outcome == ScriptedDNSServer.address)
    }

    @Test("A server that is down has the last answer given at once")
    func refused() async throws {
        // The query for the address and that for its TTL.
        _ = try ScriptedDNSServer(address: "127.0.0.166", queries: 2, answer: ScriptedDNSServer.address)
        let name = Scenario.staleRefused.name()
        #expect(await Upcall.request(name).outcome == ScriptedDNSServer.address)
        let upcall = await Upcall.request(name)
        #expect(upcall.outcome == ScriptedDNSServer.address)
        #expect(upcall.seconds < 30)
        let lines = try await host.log.datagrams(containing: name)
        #expect(lines.count == 1)
        #expect(lines.first?.contains("no server can be reached") == true, "\(lines)")
        #expect(lines.first?.contains("given \(ScriptedDNSServer.address)") == true, "\(lines)")
    }

    @Test("A deadline that is shorter than the servers' time ends with the last answer, too")
    func deadline() async throws {
        let isUp = Atomic(true)
        _ = try ScriptedDNSServer(address: "127.0.0.167") { query in
            isUp.load(ordering: .relaxed) ? ScriptedDNSServer.address(query) : nil
        }
        let name = Scenario.staleDeadline.name()
        #expect(await Upcall.request(name).outcome == ScriptedDNSServer.address)
        isUp.store(false, ordering: .relaxed)
        #expect(await Upcall.request(name).outcome == ScriptedDNSServer.address)
        #expect(await Upcall.request(Scenario.staleDeadline.name()).errno == Errno(EAGAIN))
    }

    @Test("Where answers cannot be kept, the log says so and the key is answered")
    func readOnly() async throws {
        #expect(await Upcall.request(Scenario.staleReadOnly.name()).outcome == "10.10.0.2")
        #expect(try await host.log.datagrams(containing: "/run/resolver/answers: Read-only file system").count == 1)
    }
}
