import CLinux
import Foundation
import LinuxSystem
import Testing

/// Many requests at the same time, as from a node that has lost its network and gets it back.
///
/// With `STORM=full`, or `make storm`, all storms have their full size, and what they took is printed.
@Suite("Storms", .upcalls, .serialized)
struct StormTests {
    static let names = 1000
    static let callers = 64
    /// The program's deadline, and some time in which a busy machine starts the processes.
    static let longest = 10.0
    /// What one handler may have of memory, in bytes; it is about three MiB.
    static let largestHandler = 16 << 20

    static let isFull = ProcessInfo.processInfo.environment["STORM"] == "full"

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
        // Every lookup takes more than two seconds: else one name for each caller.
        Weather(
            servers: "silent", scenario: .silentStorm, outcome: Errno(EAGAIN).text,
            names: isFull ? names : callers),
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
        try await storm(weather, names, sharingKeys: false)
    }

    @Test("Everyone who asks for the same name gets the one answer", arguments: weathers)
    func sameName(_ weather: Weather) async throws {
        let server = try server(of: weather.scenario)
        let name = weather.scenario.name()
        try await storm(weather, Array(repeating: name, count: Self.callers), sharingKeys: true)
        // One handler asks: by getaddrinfo(3) and for the TTL, and perhaps again on a busy machine.
        if let server { #expect((2...6).contains(server.queries(labelPrefix: String(name.prefix { $0 != "." })))) }
    }

    private func storm(_ weather: Weather, _ names: [String], sharingKeys: Bool) async throws {
        let start = monotonicMicroseconds()
        let watch = ProcessWatch(weather.scenario)
        let upcalls = await Upcall.storm(names, callers: Self.callers, sharingKeys: sharingKeys)
        let (processes, bytes) = watch.stop()
        let others = upcalls.map(\.outcome).filter { $0 != weather.outcome }
        #expect(upcalls.count == names.count)
        #expect(others.isEmpty, "\(others)")
        let longest = upcalls.map(\.seconds).max() ?? 0
        #expect(longest <= Self.longest)
        #expect(try KeyLine.unanswered(weather.scenario.prefix).isEmpty)
        // One for each caller who waits, and none is left.
        #expect(processes <= Self.callers)
        #expect(bytes <= Self.callers * Self.largestHandler)
        #expect(try Handler.all(in: weather.scenario).isEmpty)
        if Self.isFull {
            let seconds = Double(monotonicMicroseconds() - start) / 1e6
            print(
                "servers \(weather.servers), \(sharingKeys ? "one name" : "\(names.count) names"), \(Self.callers)",
                String(
                    format: "callers: %.1f s, the longest %.1f s; %d processes, %.1f MiB at most", seconds, longest,
                    processes, Double(bytes) / 1_048_576))
        }
    }
}
