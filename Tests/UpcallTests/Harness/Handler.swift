import CLinux
import Foundation
import LinuxSystem
import Testing

/// The process that answers a key.
struct Handler {
    let process: pid_t

    /// The process of a scenario, once it waits for a server, the silent one by default. No other upcall of the
    /// scenario may run.
    static func waiting(in scenario: Scenario, for server: ScriptedDNSServer? = nil) async throws -> Handler {
        let server = try server ?? TestHost.shared().silentServer
        // The upcall may have to let others go first, storms among them.
        for _ in 0..<30_000 {
            if server.queries(labelPrefix: scenario.prefix) > 0, let handler = try all(in: scenario).first {
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

    /// All processes that answer keys of a scenario now.
    static func all(in scenario: Scenario) throws -> [Handler] {
        let host = try TestHost.shared()
        let config = host.directory.appending(path: scenario.configFile).path
        return try processes(running: scenario.program(on: host), with: config).map(Handler.init)
    }

    /// How much memory the process has, in bytes; 0 if it has ended.
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
