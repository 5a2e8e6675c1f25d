import Foundation
import Testing

/// `installer.sh watch`, which runs in the DaemonSet's container.
@Suite(.serialized, .root)
struct InstallerWatchTests {
    @Test("it installs, becomes ready, repairs, and ends on request")
    func install() async throws {
        let node = try await Node()
        let installed = try await node.installed(StandIn.program("1.0"), on: node.tree)
        let watch = try Watch(node, "install")
        try await watch.until { node.isReady }
        #expect(try node.tree == node.locked(installed))
        let rule = "/etc/request-key.d/resolver.conf"
        expectLines(
            of: try watch.log, ["resolver 1.0", Node.program], [Node.program, rule], ["install", " 1 s"])

        // Atomically, so that it is never seen half written.
        try node.root.write("create dns_resolver * * /sbin/rival %k\n", to: "rival.conf")
        #expect(rename(node.root.etc("rival.conf").path, node.root.dropin.path) == 0)
        // A concurrent attempt fails and says so. None replaces the rival's file without a message.
        try await watch.until {
            let lines = try watch.log.split(separator: "\n").suffix(2)
            return lines.count == 2 && lines.allSatisfy { $0.contains(rule) }
                && lines.map { $0.contains(Node.program) } == [false, true]
        }
        #expect(try node.tree == node.locked(installed))
        try FileManager.default.removeItem(at: node.program)
        try await watch.until {
            try watch.log.split(separator: "\n").filter { $0.contains("resolver 1.0") }.count == 2
        }
        #expect(try node.tree == node.locked(installed))

        try await watch.end()
        #expect(watch.process.terminationReason == .exit)
        #expect(watch.process.terminationStatus == 0)
        #expect(!node.isReady)
        #expect(try node.tree == installed)
        let temporary = node.root.temporary.path
        try await watch.until { try FileManager.default.contentsOfDirectory(atPath: temporary) == [] }
    }

    @Test("it is not ready while there is an obstacle, says so once, and goes on when that is gone")
    func obstacle() async throws {
        let node = try await Node()
        let installed = try await node.installed(StandIn.program("1.0"), on: node.tree)
        let requestKey = node.file("usr/sbin/request-key")
        let elsewhere = node.root.base.appending(path: "request-key")
        try FileManager.default.moveItem(at: requestKey, to: elsewhere)
        // Left behind by a killed container.
        try Data().write(to: node.ready)

        let watch = try Watch(node, "install")
        try await watch.until { try watch.log.contains("/sbin/request-key") && !node.isReady }
        // Two more attempts with the same result.
        for _ in 0..<2 {
            try node.root.write("", to: "request-key.d/.resolver.123456")
            try await watch.until { try node.root.content(node.root.etc("request-key.d/.resolver.123456")) == nil }
        }
        #expect(!node.isReady)
        #expect(try watch.log.split(separator: "\n").count == 1)

        try FileManager.default.moveItem(at: elsewhere, to: requestKey)
        try await watch.until { node.isReady }
        #expect(try node.tree == node.locked(installed))

        // It becomes unready again.
        try FileManager.default.moveItem(at: requestKey, to: elsewhere)
        try await watch.until { !node.isReady }
        try await watch.end()
    }

    @Test("a second installer on the node waits until the first is gone")
    func second() async throws {
        let node = try await Node()
        let first = try Watch(node, "install")
        try await first.until { node.isReady }
        let second = try Watch(node, "uninstall", "second")
        try await second.until { try second.log.hasSuffix("\n") }
        #expect(try second.log.split(separator: "\n").count == 1)
        #expect(!second.isReady)
        #expect(try node.root.content(node.dropin) == Node.rule)

        kill(first.process.processIdentifier, SIGKILL)
        try await second.until { second.isReady }
        #expect(try node.root.content(node.dropin) == nil)
        try await second.end()
    }

    @Test("a waiting one ends on request")
    func waiting() async throws {
        let node = try await Node()
        let first = try Watch(node, "install")
        try await first.until { node.isReady }
        let second = try Watch(node, "install", "second")
        try await second.until { try !second.log.isEmpty }
        try await second.end()
        #expect(second.process.terminationStatus == 0)
        #expect(node.isReady)
        try await first.end()
    }

    @Test("it uninstalls, and becomes ready")
    func uninstall() async throws {
        let node = try await Node()
        let before = try node.tree
        try await node.run("install")
        let watch = try Watch(node, "uninstall")
        try await watch.until { node.isReady }
        #expect(try node.tree == node.locked(before))
        expectLines(of: try watch.log, [Node.program], ["uninstall", " 1 s"])
        try await watch.end()
        #expect(try node.tree == before)
    }
}

extension Node {
    var isReady: Bool { FileManager.default.fileExists(atPath: root.temporary.appending(path: "ready").path) }
}

/// A running `installer.sh watch VERB`.
final class Watch {
    let process = Process()
    private let temporary: URL
    private let logFile: URL

    /// - Parameter name: The name of its TMPDIR, if it is not the only one on the node.
    init(_ node: Node, _ verb: String, _ name: String = "tmp") throws {
        temporary = node.root.base.appending(path: name)
        logFile = node.root.base.appending(path: "\(name).log")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        try Data().write(to: logFile)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["PATH=\(Command.path)"] + node.environment + ["TMPDIR=\(temporary.path)", "sh", node.installer.path]
            + ["watch", verb]
        process.standardError = try FileHandle(forWritingTo: logFile)
        try process.run()
    }

    /// Ends it if a test has failed.
    deinit {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    func end() async throws {
        process.terminate()
        try await until { !process.isRunning }
    }

    var log: String { get throws { String(decoding: try Data(contentsOf: logFile), as: UTF8.self) } }

    var isReady: Bool { FileManager.default.fileExists(atPath: temporary.appending(path: "ready").path) }

    /// Waits until a condition holds, with patience for a busy machine.
    func until(_ condition: () throws -> Bool, at location: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<2400 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = try log
        try #require(Bool(false), "timed out; the log: \(log)", sourceLocation: location)
    }
}
