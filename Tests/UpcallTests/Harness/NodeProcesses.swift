import Foundation

/// Processes of a node, among which the handlers of a scenario search for the kubelet.
final class NodeProcesses: @unchecked Sendable {
    /// See there for what its modes do.
    static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Processes/process.py").standardized.path

    static func file(for scenario: Scenario, on host: TestHost) -> String {
        host.directory.appending(path: "processes/\(scenario)").path
    }

    private let host: TestHost
    private let scenario: Scenario
    private var running: [(process: Process, input: Pipe)] = []
    private(set) var ids: [Int] = []

    init(_ scenario: Scenario, on host: TestHost) throws {
        self.host = host
        self.scenario = scenario
        let python = URL(filePath: "/usr/bin/python3").resolvingSymlinksInPath().path
        for (file, copy) in [(Self.script, Self.copyOfScript(on: host)), (python, kubelet)]
        where !FileManager.default.fileExists(atPath: copy) {
            try FileManager.default.copyItem(atPath: file, toPath: copy)
        }
        try write()
    }

    deinit {
        for (process, input) in running {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        ids = []
        try? write()
    }

    /// An executable with the kubelet's name, which belongs to root.
    var kubelet: String { host.directory.appending(path: "kubelet-1.34").path }
    /// Every user can read it.
    private static func copyOfScript(on host: TestHost) -> String {
        host.directory.appending(path: "process.py").path
    }

    /// Starts a process in one of the script's modes.
    ///
    /// - Parameters:
    ///   - executable: A Python.
    ///   - name: What it calls itself.
    func start(
        _ mode: String, _ arguments: [String] = [], executable: String = "/usr/bin/python3",
        name: String = "kubelet",
        user: Int = 0
    ) async throws {
        let device = host.directory.appending(path: "fuse").path
        if !FileManager.default.fileExists(atPath: device) {
            guard mknod(device, S_IFCHR | 0o666, 10 << 8 | 229) == 0, chmod(device, 0o666) == 0 else {
                throw SetUpFailure("mknod \(device): \(errno)")
            }
        }
        try await start(
            [
                "setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "bash", "-c",
                #"exec -a "$0" "$@""#, name, executable, Self.copyOfScript(on: host), mode, device,
            ] + arguments)
        ids.append(Int(running.last!.process.processIdentifier))
        try write()
    }

    private func start(_ command: [String]) async throws {
        try await onOwnThread { [self] in try startNow(command) }
    }

    /// Waits for the line that the process prints.
    private func startNow(_ command: [String]) throws {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        running.append((process, input))
        guard !output.fileHandleForReading.availableData.isEmpty else {
            throw SetUpFailure("\(command.joined(separator: " ")) ended")
        }
    }

    private func write() throws {
        try host.write(ids.map { "\($0)\n" }.joined(), to: "processes/\(scenario)")
    }
}
