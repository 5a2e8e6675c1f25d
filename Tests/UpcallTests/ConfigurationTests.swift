import CLinux
import Foundation
import LinuxSystem
import Testing

/// Errors in the config file and the command line.
@Suite("Configuration", .upcalls)
struct ConfigurationTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    @Test("An error in the config file is logged with its line, and the key is answered")
    func badConfig() async throws {
        #expect(await Upcall.request(Scenario.badConfig.name()).outcome == "10.10.0.2")
        let lines = try await host.log.datagrams(
            containing: host.directory.path + "/" + Scenario.badConfig.configFile)
        try expectOneOfEachProcess(lines)
        #expect(
            lines.allSatisfy { $0.contains("\(Scenario.badConfig.configFile):3:") && $0.contains("default_ttl") })
    }

    @Test("A missing config file is logged, and the key is answered")
    func missingConfig() async throws {
        #expect(await Upcall.request(Scenario.missingConfig.name("host.example")).outcome == "10.61.0.1")
        #expect(try await host.log.datagrams(containing: Scenario.missingConfig.configFile).count == 1)
    }

    @Test("An option of earlier versions is logged with its line, and the key is answered")
    func removedOption() async throws {
        #expect(await Upcall.request(Scenario.removedOption.name()).outcome == "10.10.0.2")
        let lines = try await host.log.datagrams(containing: Scenario.removedOption.configFile)
        #expect(
            lines.contains { $0.contains("\(Scenario.removedOption.configFile):3:") && $0.contains("serve_stale") })
    }

    @Test("If a rule passes options of kafs-dns, the key is answered, and the log says that they have no effect")
    func afsOptions() async throws {
        #expect(await Upcall.request(Scenario.afsOptions.name()).outcome == "10.10.0.2")
        #expect(!FileManager.default.fileExists(atPath: host.directory.appending(path: "payload").path))
        #expect(try await !host.log.datagrams(containing: "options of kafs-dns").isEmpty)
    }

    @Test("A command line that is not understood rejects the key")
    func usageError() async throws {
        let upcall = await Upcall.request(Scenario.usageError.name())
        #expect(upcall.errno?.code == EINVAL)
        #expect(try #require(upcall.key?.secondsLeft) <= 10)
        try expectOneOfEachProcess(try await host.log.datagrams(containing: "--no-such-option"))
    }

    /// Expects one line for each process, since other tests may start the program in the same way.
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
