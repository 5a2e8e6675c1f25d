import Foundation

/// A finished program.
struct Command {
    let status: Int32
    /// Standard output and standard error.
    let output: String
    let seconds: Double

    /// Runs a program on a separate thread, with empty standard input.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Command {
        try await turns.taking { try await onOwnThread { try runNow(arguments, environment) } }
    }

    private static let turns = Turns(8)

    private static func runNow(_ arguments: [String], _ environment: [String: String]) throws -> Command {
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = environment.map { "\($0.key)=\($0.value)" } + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        let start = Date()
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Command(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            seconds: Date().timeIntervalSince(start))
    }
}
