import CLinux
import Foundation
import LinuxSystem
import Testing

/// Many requests at the same time, as from a node whose network comes back.
///
/// With `STORM=full`, or `make storm`, they are for a thousand names, and the times and memory are printed.
@Suite("Storms", .upcalls, .alone, .serialized)
struct StormTests {
    static let callers = 64
    /// By default one for each caller: every lookup with a silent server takes more than two seconds.
    static let names = isFull ? 1000 : callers
    /// The program's deadline, and some time for a busy machine to start the processes.
    static let longest = 10.0
    /// The most memory of one handler, in bytes; it uses about three MiB.
    static let largestHandler = 16 << 20

    static let isFull = ProcessInfo.processInfo.environment["STORM"] == "full"

    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    struct Weather: CustomTestStringConvertible {
        let servers: String
        let scenario: Scenario
        /// What every requester gets: an address or an errno's text.
        let outcome: String
        var testDescription: String { "servers \(servers)" }
    }

    static let weathers = [
        Weather(servers: "up", scenario: .storm, outcome: ScriptedDNSServer.address),
        Weather(servers: "slow", scenario: .slowStorm, outcome: ScriptedDNSServer.address),
        Weather(servers: "down", scenario: .refusedStorm, outcome: Errno(ECONNREFUSED).text),
        Weather(servers: "silent", scenario: .silentStorm, outcome: Errno(EAGAIN).text),
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

    @Test("Requests for different names are all answered in time", arguments: weathers)
    func differentNames(_ weather: Weather) async throws {
        _ = try server(of: weather.scenario)
        let names = (0..<Self.names).map { _ in weather.scenario.name() }
        try await storm(weather, names, sharingKeys: false)
    }

    @Test("Requests for the same name all get the one answer", arguments: weathers)
    func sameName(_ weather: Weather) async throws {
        let server = try server(of: weather.scenario)
        let name = weather.scenario.name()
        try await storm(weather, Array(repeating: name, count: Self.callers), sharingKeys: true)
        // One handler asks: with getaddrinfo(3) and for the TTL, and perhaps again on a busy machine.
        if let server { #expect((2...6).contains(server.queries(labelPrefix: String(name.prefix { $0 != "." })))) }
    }

    private func storm(_ weather: Weather, _ names: [String], sharingKeys: Bool) async throws {
        let start = MonotonicTime.now.microseconds
        let watch = ProcessWatch(weather.scenario, on: host)
        let upcalls = await Upcall.storm(names, callers: Self.callers, sharingKeys: sharingKeys)
        let (processes, bytes) = watch.stop()
        let others = upcalls.map(\.outcome).filter { $0 != weather.outcome }
        #expect(upcalls.count == names.count)
        #expect(others.isEmpty, "\(others)")
        let longest = upcalls.map(\.seconds).max() ?? 0
        #expect(longest <= Self.longest)
        #expect(try KeyLine.unanswered(weather.scenario.prefix).isEmpty)
        // One for each waiting caller, and none is left.
        #expect(processes <= Self.callers)
        #expect(bytes <= Self.callers * Self.largestHandler)
        #expect(try Handler.all(in: weather.scenario, on: host).isEmpty)
        if Self.isFull {
            let seconds = Double(MonotonicTime.now.microseconds - start) / 1e6
            print(
                "servers \(weather.servers), \(sharingKeys ? "one name" : "\(names.count) names"), \(Self.callers)",
                String(
                    format: "callers: %.1f s, the longest %.1f s; %d processes, %.1f MiB at most", seconds, longest,
                    processes, Double(bytes) / 1_048_576))
        }
    }
}
