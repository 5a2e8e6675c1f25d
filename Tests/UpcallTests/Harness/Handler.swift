import CLinux
import Foundation
import LinuxSystem
import Testing

/// The process that answers a key.
struct Handler {
    let process: pid_t

    /// A scenario's process, as soon as it waits for a server, by default ``TestHost/holdingServer``. No other upcall
    /// of the scenario may be running.
    static func waiting(in scenario: Scenario, for server: ScriptedDNSServer? = nil) async throws -> Handler {
        let host = try await TestHost.shared()
        let server = server ?? host.holdingServer
        // The upcall may have to wait for others first, even for storms.
        for _ in 0..<30_000 {
            if server.queries(labelPrefix: scenario.prefix) > 0, let handler = try all(in: scenario, on: host).first
            {
                return handler
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NoHandler()
    }

    struct NoHandler: Error {}

    func end(by signal: Int32) throws {
        try checked(kill(process, signal))
    }

    /// All processes that are answering keys of a scenario.
    static func all(in scenario: Scenario, on host: TestHost) throws -> [Handler] {
        let config = host.directory.appending(path: scenario.configFile).path
        return try processes(running: scenario.program(on: host), with: config).map(Handler.init)
    }

    /// The memory of the process, in bytes; 0 if it has ended.
    var residentSize: Int {
        let fields = try? readKernelFile("/proc/\(process)/statm").split(separator: " ")
        return (fields?.dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func processes(running program: String, with argument: String) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
            let arguments = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))
            let words = arguments?.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
            return executable == program && words?.contains(argument) == true
        }
    }
}
