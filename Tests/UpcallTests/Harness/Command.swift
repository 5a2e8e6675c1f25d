import Foundation

/// A program that was run to its end.
struct Command {
    let status: Int32
    /// Standard output and standard error.
    let output: String
    let seconds: Double

    /// Runs a program on a thread of its own, with nothing on standard input.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Command {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                slots.wait()
                defer { slots.signal() }
                continuation.resume(with: Result { try runNow(arguments, environment) })
            }.start()
        }
    }

    /// All tests start at once: more programs than these would only wait for a processor, and be measured.
    private static let slots = DispatchSemaphore(value: 8)

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
