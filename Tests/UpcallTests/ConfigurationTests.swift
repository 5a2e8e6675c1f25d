import CLinux
import Foundation
import LinuxSystem
import Testing

/// The config file and the command line, with mistakes in them.
@Suite("Configuration", .upcalls)
struct ConfigurationTests {
    let host: TestHost
    init() throws { host = try TestHost.shared() }

    @Test("A mistake in the config file is logged with its line, and the key answered")
    func badConfig() async throws {
        #expect(await Upcall.request(Scenario.badConfig.name()).outcome == "10.10.0.2")
        let lines = try await host.log.datagrams(
            containing: host.directory.path + "/" + Scenario.badConfig.configFile)
        try expectOneOfEachProcess(lines)
        #expect(
            lines.allSatisfy { $0.contains("\(Scenario.badConfig.configFile):3:") && $0.contains("default_ttl") })
    }

    @Test("A config file that is missing is logged, and the key answered")
    func missingConfig() async throws {
        #expect(await Upcall.request(Scenario.missingConfig.name("host.example")).outcome == "10.61.0.1")
        #expect(try await host.log.datagrams(containing: Scenario.missingConfig.configFile).count == 1)
    }

    @Test("A command line that is not understood rejects the key")
    func usageError() async throws {
        let upcall = await Upcall.request(Scenario.usageError.name())
        #expect(upcall.errno?.code == EINVAL)
        #expect(try #require(upcall.key?.secondsLeft) <= 10)
        try expectOneOfEachProcess(try await host.log.datagrams(containing: "--no-such-option"))
    }

    /// Other tests may start the program in the same way.
    private func expectOneOfEachProcess(_ lines: [String]) throws {
        let processes = try lines.map { try #require($0.firstMatch(of: /resolver\[\d+\]/)).output }
        #expect(!processes.isEmpty)
        #expect(Set(processes).count == processes.count, "\(lines)")
    }

    @Test(
        "Usage errors without a key exit with 2 and say why",
        arguments: [
            [], ["--no-such-option"], ["0"], ["-5"], ["12x"], ["0x10"], ["99999999999"], ["--debug"], ["-c"],
        ])
    func usage(arguments: [String]) async throws {
        let command = try await Command.run([host.program] + arguments)
        #expect(command.status == 2)
        #expect(command.output.hasPrefix("resolver: "))
    }
}
