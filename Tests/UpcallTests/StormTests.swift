import CLinux
import Foundation
import LinuxSystem
import Testing

/// Many requests at the same time, as from a node that has lost its network and gets it back.
@Suite("Storms", .upcalls, .serialized)
struct StormTests {
    static let names = 200
    static let callers = 32
    /// The program's deadline and a second for the processes to be started.
    static let longest = 6.0

    init() throws { _ = try TestHost.shared() }

    struct Weather: CustomTestStringConvertible {
        let servers: String
        let scenario: Scenario
        /// What everyone gets: an address or an errno's text.
        let outcome: String
        var names = StormTests.names
        var testDescription: String { "servers \(servers)" }
    }

    static let weathers = [
        Weather(servers: "up", scenario: .storm, outcome: ScriptedDNSServer.address),
        Weather(servers: "slow", scenario: .slowStorm, outcome: ScriptedDNSServer.address),
        Weather(servers: "down", scenario: .refusedStorm, outcome: Errno(ECONNREFUSED).text),
        // One name for each caller: every lookup takes more than two seconds.
        Weather(servers: "silent", scenario: .silentStorm, outcome: Errno(EAGAIN).text, names: callers),
    ]

    private static let upServer = Result {
        try ScriptedDNSServer(address: "127.0.0.178", answer: ScriptedDNSServer.address)
    }
    private static let slowServer = Result {
        try ScriptedDNSServer(address: "127.0.0.179", delay: 0.3, answer: ScriptedDNSServer.address)
    }

    /// Nil for the servers that are down or silent.
    private func server(of scenario: Scenario) throws -> ScriptedDNSServer? {
        switch scenario {
        case .storm: try Self.upServer.get()
        case .slowStorm: try Self.slowServer.get()
        default: nil
        }
    }

    @Test("Everyone who asks for a name of his own is answered in time", arguments: weathers)
    func differentNames(_ weather: Weather) async throws {
        _ = try server(of: weather.scenario)
        let names = (0..<weather.names).map { _ in weather.scenario.name() }
        let upcalls = await Upcall.storm(names, callers: Self.callers, sharingKeys: false)
        expect(weather.outcome, upcalls)
    }

    @Test("Everyone who asks for the same name gets the one answer", arguments: weathers)
    func sameName(_ weather: Weather) async throws {
        let server = try server(of: weather.scenario)
        let name = weather.scenario.name()
        let upcalls = await Upcall.storm(
            Array(repeating: name, count: Self.callers), callers: Self.callers, sharingKeys: true)
        expect(weather.outcome, upcalls)
        // One handler was asked: its query by getaddrinfo(3), and that for the TTL.
        if let server { #expect(server.queries(labelPrefix: String(name.prefix { $0 != "." })) == 2) }
    }

    private func expect(_ outcome: String, _ upcalls: [Upcall], sourceLocation: SourceLocation = #_sourceLocation) {
        let others = upcalls.map(\.outcome).filter { $0 != outcome }
        #expect(others.isEmpty, "\(others)", sourceLocation: sourceLocation)
        #expect(upcalls.allSatisfy { $0.seconds <= Self.longest }, sourceLocation: sourceLocation)
    }
}
