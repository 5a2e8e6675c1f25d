import Foundation
import Testing

/// `installer.sh watch`, which the DaemonSet's container runs.
@Suite(.serialized, .root)
struct InstallerWatchTests {
    @Test("it installs, says that it is ready, repairs, and ends when it is told to")
    func install() async throws {
        let node = try Node()
        let installed = try node.installed(StandIn.program("1.0"), on: node.tree)
        let watch = try Watch(node, "install")
        try await watch.until { node.isReady }
        #expect(try node.tree == installed)
        let first = """
            installer.sh: placed resolver 1.0 as /opt/resolver/resolver
            installer.sh: registered /opt/resolver/resolver in /etc/request-key.d/resolver.conf
            installer.sh: install: done; looking again every 1 s

            """
        #expect(try watch.log == first)

        // At once, so that it is never seen half written.
        try node.root.write("create dns_resolver * * /sbin/rival %k\n", to: "rival.conf")
        #expect(rename(node.root.etc("rival.conf").path, node.root.dropin.path) == 0)
        // A try that was at work meanwhile has failed and said so. None replaces the rival's file without saying it.
        try await watch.until {
            try watch.log.contains(
                """
                installer.sh: someone replaced /etc/request-key.d/resolver.conf
                installer.sh: registered /opt/resolver/resolver in /etc/request-key.d/resolver.conf

                """)
        }
        #expect(try node.tree == installed)
        try FileManager.default.removeItem(at: node.program)
        try await watch.until {
            try watch.log.split(separator: "\n").filter { $0.contains(": placed resolver 1.0") }.count == 2
        }
        #expect(try node.tree == installed)

        watch.process.terminate()
        try await watch.until { !watch.process.isRunning }
        #expect(watch.process.terminationReason == .exit)
        #expect(watch.process.terminationStatus == 0)
        #expect(!node.isReady)
        #expect(try node.tree == installed)
        let temporary = node.root.temporary.path
        try await watch.until { try FileManager.default.contentsOfDirectory(atPath: temporary) == [] }
    }

    @Test("it is not ready while something is in the way, says so once, and goes on when that is gone")
    func obstacle() async throws {
        let node = try Node()
        let installed = try node.installed(StandIn.program("1.0"), on: node.tree)
        let requestKey = node.file("usr/sbin/request-key")
        let elsewhere = node.root.base.appending(path: "request-key")
        try FileManager.default.moveItem(at: requestKey, to: elsewhere)
        // What a container that was killed left behind.
        try Data().write(to: node.ready)

        let watch = try Watch(node, "install")
        try await watch.until { try watch.log.contains("cannot start /sbin/request-key") && !node.isReady }
        // Two more tries that say the same.
        for _ in 0..<2 {
            try node.root.write("", to: "request-key.d/.resolver.123456")
            try await watch.until { try node.root.content(node.root.etc("request-key.d/.resolver.123456")) == nil }
        }
        #expect(!node.isReady)
        #expect(try watch.log.split(separator: "\n").count == 1)

        try FileManager.default.moveItem(at: elsewhere, to: requestKey)
        try await watch.until { node.isReady }
        #expect(try node.tree == installed)

        // Readiness is lost again.
        try FileManager.default.moveItem(at: requestKey, to: elsewhere)
        try await watch.until { !node.isReady }
    }

    @Test("a second installer on the node waits until the first is gone")
    func second() async throws {
        let node = try Node()
        let first = try Watch(node, "install")
        try await first.until { node.isReady }
        let second = try Watch(node, "uninstall", "second")
        try await second.until {
            try second.log == "installer.sh: another installer is at work on this node; waiting for it\n"
        }
        #expect(!second.isReady)
        #expect(try node.root.content(node.dropin) == Node.rule)

        kill(first.process.processIdentifier, SIGKILL)
        try await second.until { second.isReady }
        #expect(try node.root.content(node.dropin) == nil)
    }

    @Test("one that waits ends when it is told to")
    func waiting() async throws {
        let node = try Node()
        let first = try Watch(node, "install")
        try await first.until { node.isReady }
        let second = try Watch(node, "install", "second")
        try await second.until { try !second.log.isEmpty }
        second.process.terminate()
        try await second.until { !second.process.isRunning }
        #expect(second.process.terminationStatus == 0)
        #expect(node.isReady)
    }

    @Test("it uninstalls, and says that it is ready")
    func uninstall() async throws {
        let node = try Node()
        let before = try node.tree
        try await node.run("install")
        let watch = try Watch(node, "uninstall")
        try await watch.until { node.isReady }
        #expect(try node.tree == before)
        #expect(
            try watch.log == """
                installer.sh: took /opt/resolver/resolver off this node
                installer.sh: uninstall: done; looking again every 1 s

                """)
    }
}

extension Node {
    var isReady: Bool { FileManager.default.fileExists(atPath: root.temporary.appending(path: "ready").path) }
}

/// A running `installer.sh watch VERB`, which is ended with this object.
private final class Watch {
    let process = Process()
    private let temporary: URL
    private let logFile: URL

    /// - Parameter name: The name of its TMPDIR, where it is not the node's only one.
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

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    var log: String { get throws { String(decoding: try Data(contentsOf: logFile), as: UTF8.self) } }

    var isReady: Bool { FileManager.default.fileExists(atPath: temporary.appending(path: "ready").path) }

    /// Waits for something that must come, with patience for a busy machine.
    func until(_ condition: () throws -> Bool, at location: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<2400 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = try log
        try #require(Bool(false), "it did not come; the log: \(log)", sourceLocation: location)
    }
}
