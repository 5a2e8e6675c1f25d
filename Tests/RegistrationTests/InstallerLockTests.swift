import Foundation
import Testing

/// The lock that lets one installer at a time work on a node.
@Suite(.serialized, .root)
struct InstallerLockTests {
    /// What ends a run that waits for something that never comes.
    private static let bound = ["LOCK_TIMEOUT=5", "timeout", "60"]

    @Test("a user of the node who locks all that he can open does not stop it")
    func ordinaryUser() async throws {
        let node = try await Node()
        let before = try node.tree
        // As a killed installer leaves it: he can try for as long as he likes.
        try node.makeLock()
        let user = try await Holder(
            node, as: Node.ordinaryUser,
            locking: ["/etc/request-key.d", "/opt/resolver", "/opt", "/opt/resolver/lock"].map { node.file($0) })
        #expect(try user.held == ["/etc/request-key.d", "/opt/resolver", "/opt"].map { node.file($0).path })

        let install = try await node.run("install", variables: Self.bound)
        try #require(install.status == 0, "\(install.error)")
        #expect(try await node.tree == node.installed(StandIn.program("1.0"), on: before))
        let uninstall = try await node.run("uninstall", variables: Self.bound)
        #expect(uninstall.status == 0, "\(uninstall.error)")
        #expect(try node.tree == before)
        let watch = try Watch(node, "install")
        try await watch.until { node.isReady }
        try await watch.end()
    }

    @Test("nor does one who has his own lock in a directory that he can change, since that is refused first")
    func untrustedDirectory() async throws {
        let node = try await Node()
        try node.set([.posixPermissions: 0o777], of: "opt/resolver")
        let nothing = try await node.run("uninstall", variables: Self.bound)
        #expect(nothing.status == 0)
        #expect(nothing.error == "")
        try node.makeLock()
        try node.set([.ownerAccountID: 65534], of: "opt/resolver/lock")
        let user = try await Holder(node, as: Node.ordinaryUser, locking: [node.lock])
        #expect(try user.held == [node.lock.path])
        try Data(Node.rule.utf8).write(to: node.dropin)
        let before = try node.tree
        for verb in ["install", "uninstall"] {
            let command = try await node.run(verb, variables: Self.bound)
            #expect(command.status == 1)
            expectLines(of: command.error, ["/opt/resolver (owner 0, group 0, mode 777)"])
            #expect(try node.tree == before)
        }
    }

    @Test(
        "install and uninstall wait for another installer, but not for ever", arguments: ["install", "uninstall"])
    func timeout(verb: String) async throws {
        let node = try await Node()
        try node.makeLock()
        let before = try node.tree
        let other = try await Holder(node, locking: [node.lock])
        let command = try await node.run(verb, variables: ["LOCK_TIMEOUT=1"])
        #expect(command.status == 1)
        expectLines(of: command.error, ["another installer", "waiting"], ["another installer", " 1 s"])
        #expect(try node.tree == before)
        try await other.end()
        let next = try await node.run(verb, variables: ["LOCK_TIMEOUT=0"])
        #expect(next.status == 0, "\(next.error)")
        #expect(!FileManager.default.fileExists(atPath: node.lock.path))
    }

    @Test("uninstall leaves nothing, also after an installer that was killed and left its lock")
    func killed() async throws {
        let node = try await Node()
        let before = try node.tree
        let watch = try Watch(node, "install")
        try await watch.until { node.isReady }
        kill(watch.process.processIdentifier, SIGKILL)
        try await watch.until { !watch.process.isRunning }
        #expect(FileManager.default.fileExists(atPath: node.lock.path))
        #expect(try await node.run("uninstall").status == 0)
        #expect(try node.tree == before)
    }

    @Test("one whose lock was removed does not remove the lock of another, and waits for it")
    func removed() async throws {
        let node = try await Node()
        let watch = try Watch(node, "install")
        try await watch.until { node.isReady }
        try node.makeLock(in: "tmp/other")
        let other = try await Holder(node, locking: [node.file("tmp/other")])
        #expect(rename(node.file("tmp/other").path, node.lock.path) == 0)
        try await watch.until { try watch.log.contains("another installer") && !node.isReady }
        try await watch.end()
        #expect(FileManager.default.fileExists(atPath: node.lock.path))
        try await other.end()
    }

    @Test(
        "something else in the place of the lock is neither opened nor followed, and named",
        arguments: [
            "link", "link to nowhere", "FIFO", "directory", "readable file", "another user's file", "document",
        ])
    func foreign(kind: String) async throws {
        let node = try await Node()
        let files = FileManager.default
        switch kind {
        case "link":
            try node.makeLock(in: "tmp/lock")
            try files.createSymbolicLink(atPath: node.lock.path, withDestinationPath: "../../tmp/lock")
        case "link to nowhere":
            try files.createSymbolicLink(atPath: node.lock.path, withDestinationPath: "../../tmp/lock")
        case "FIFO":
            #expect(mkfifo(node.lock.path, 0o600) == 0)
        case "directory":
            try files.createDirectory(at: node.lock, withIntermediateDirectories: false)
        case "readable file":
            try node.makeLock()
            try node.set([.posixPermissions: 0o644], of: "opt/resolver/lock")
        case "another user's file":
            try node.makeLock()
            try node.set([.ownerAccountID: 65534], of: "opt/resolver/lock")
        default:
            try node.makeLock()
            try Data("theirs\n".utf8).write(to: node.lock)
        }
        let before = try node.tree
        for verb in ["install", "uninstall"] {
            let command = try await node.run(verb, variables: Self.bound)
            #expect(command.status == 1)
            expectLines(of: command.error, ["/opt/resolver/lock", "regular file of root's"])
            #expect(try node.tree == before)
        }
    }
}

extension Node {
    /// The file of an installer's lock, which none holds.
    func makeLock(in path: String = "opt/resolver/lock") throws {
        try Data().write(to: file(path))
        try set([.posixPermissions: 0o600], of: path)
    }
}

/// A process that holds locks on files and directories.
private final class Holder {
    private let process = Process()
    private let input = Pipe()
    private let output: URL

    /// Waits until it has tried to lock them all.
    init(_ node: Node, as user: [String] = [], locking files: [URL]) async throws {
        output = node.root.base.appending(path: "holder-\(UUID().uuidString)")
        try Data().write(to: output)
        // Each flock runs the next one, and the last a program that ends with its input.
        let script = """
            if [ $# = 0 ]; then echo end; exec cat; fi
            file=$1
            shift
            if flock -n "$file" true 2>/dev/null; then
                echo "$file"
                exec flock --no-fork "$file" sh -c "$script" sh "$@"
            fi
            exec sh -c "$script" sh "$@"
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["PATH=\(Command.path)", "script=\(script)"] + user + ["sh", "-c", script, "sh"] + files.map(\.path)
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        for _ in 0..<2400 where try !String(decoding: Data(contentsOf: output), as: UTF8.self).hasSuffix("end\n") {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Ends it, where a test has failed.
    deinit { try? input.fileHandleForWriting.close() }

    /// The paths of what it has locked.
    var held: [String] {
        get throws {
            try String(decoding: Data(contentsOf: output), as: UTF8.self).split(separator: "\n").dropLast().map(
                String.init)
        }
    }

    func end() async throws {
        try input.fileHandleForWriting.close()
        for _ in 0..<2400 where process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        try #require(!process.isRunning)
    }
}
