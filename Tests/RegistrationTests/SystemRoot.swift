import Foundation
import Testing

/// A directory that represents the root of a system, and the registration script to run on it.
final class SystemRoot: Sendable {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let url: URL
    private let scripts: URL
    /// The directory of everything: the root is its `root`, the script's package its `package`.
    let base: URL
    /// The script's TMPDIR.
    var temporary: URL { base.appending(path: "tmp") }

    /// - Parameter conf: The content of /etc/request-key.conf; nil for none.
    init(conf: String?) throws {
        let files = FileManager.default
        base = files.temporaryDirectory.appending(path: "registration-\(UUID().uuidString)")
            .resolvingSymlinksInPath()
        url = base.appending(path: "root")
        scripts = base.appending(path: "package/Scripts")
        try files.createDirectory(at: etc("request-key.d"), withIntermediateDirectories: true)
        // A copy that every user can read, wherever the package is.
        try files.createDirectory(at: scripts, withIntermediateDirectories: true)
        try files.copyItem(
            at: Self.package.appending(path: "etc"), to: base.appending(path: "package/etc"))
        try files.copyItem(
            at: Self.package.appending(path: "Scripts/register.sh"), to: scripts.appending(path: "register.sh"))
        try files.createDirectory(at: temporary, withIntermediateDirectories: true)
        try files.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: temporary.path)
        if let conf { try write(conf, to: "request-key.conf") }
    }

    deinit {
        try? FileManager.default.removeItem(at: base)
    }

    /// A file in the root's /etc.
    func etc(_ name: String) -> URL { url.appending(path: "etc/\(name)") }

    var conf: URL { etc("request-key.conf") }
    var dropin: URL { etc("request-key.d/resolver.conf") }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: etc(name)) }

    /// A file's content; nil if there is no file.
    func content(_ file: URL) throws -> String? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    /// All files below /etc, as paths.
    var files: [String] {
        get throws { try FileManager.default.subpathsOfDirectory(atPath: etc("").path).sorted() }
    }

    /// Runs `register.sh VERB ARGUMENTS ROOT`.
    @discardableResult
    func register(_ arguments: String..., asNobody: Bool = false, path: String = Command.path) async throws
        -> Command
    {
        let identity =
            asNobody && geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        let script = scripts.appending(path: "register.sh").path
        return try await Command.run(
            ["TMPDIR=\(temporary.path)"] + identity + ["sh", script] + arguments + [url.path], path: path)
    }

    /// What request-key would start for a name with this configuration: program and arguments, or its error message.
    func started(for name: String) async throws -> String {
        let answer = try await Command.run(
            [
                "request-key", "-d", "-l", "-n", "-v", "-D", "dns_resolver;0;0;1f0000;\(name)", "create", "1234",
                "0",
                "0", "0", "0", "0", "",
            ], directory: etc(""))
        let lines = answer.error.split(separator: "\n")
        guard let run = lines.last(where: { $0.hasPrefix("Run ") }) else { return answer.error }
        let arguments = lines.filter { $0.hasPrefix("- argv[") }.dropFirst().map { $0.split(separator: "\"").last! }
        return ([run.dropFirst(4)] + arguments).joined(separator: " ")
    }
}

/// A finished program.
struct Command {
    let status: Int32
    let error: String

    /// Waits on a separate thread: the test runner has few, and other tests measure time.
    static func run(_ arguments: [String], directory: URL? = nil, path: String = path) async throws -> Command {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                slots.wait()
                defer { slots.signal() }
                continuation.resume(with: Result { try Command(arguments, directory, path) })
            }.start()
        }
    }

    /// More at once would only wait for a processor, and delay other tests.
    private static let slots = DispatchSemaphore(value: 8)

    private init(_ arguments: [String], _ directory: URL?, _ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["PATH=\(path)"] + arguments
        if let directory { process.currentDirectoryURL = directory }
        let error = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = error
        try process.run()
        let bytes = try error.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        status = process.terminationStatus
        self.error = String(decoding: bytes, as: UTF8.self)
    }

    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
}

extension Trait where Self == ConditionTrait {
    /// For tests that run request-key itself: without it they are skipped, or fail if nothing may be skipped.
    static var requestKey: Self {
        let isRequired = ProcessInfo.processInfo.environment["RESOLVER_REQUIRE_KERNEL"].map { !$0.isEmpty } ?? false
        let isThere = FileManager.default.isExecutableFile(atPath: "/sbin/request-key")
        return .enabled(if: isThere || isRequired, "request-key is not installed")
    }
}
