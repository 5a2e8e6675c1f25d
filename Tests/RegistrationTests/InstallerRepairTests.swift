import Foundation
import Testing

/// How the installer treats changed files and killed runs.
@Suite(.root)
struct InstallerRepairTests {
    /// Something that happens to an installation.
    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable (Node) async throws -> Void

        init(_ description: String, _ make: @escaping @Sendable (Node) async throws -> Void) {
            testDescription = description
            self.make = make
        }

        static let all = [
            Damage("the drop-in is removed") { try FileManager.default.removeItem(at: $0.dropin) },
            Damage("the drop-in is emptied") { try $0.root.write("", to: "request-key.d/resolver.conf") },
            Damage("the drop-in loses its final newline") {
                try $0.root.write(String(Node.rule.dropLast()), to: "request-key.d/resolver.conf")
            },
            Damage("the drop-in is cut off") {
                try $0.root.write(String(Node.rule.prefix(130)), to: "request-key.d/resolver.conf")
            },
            Damage("the drop-in is edited") {
                try $0.root.write(
                    Node.rule.replacing("resolver %k", with: "resolver -v %k"), to: "request-key.d/resolver.conf")
            },
            Damage("the drop-in is someone else's") {
                try $0.root.write("create dns_resolver * * /sbin/rival %k\n", to: "request-key.d/resolver.conf")
            },
            Damage("the drop-in is a symbolic link") {
                try FileManager.default.moveItem(at: $0.dropin, to: $0.file("tmp/resolver.conf"))
                try FileManager.default.createSymbolicLink(
                    at: $0.dropin, withDestinationURL: $0.file("tmp/resolver.conf"))
            },
            Damage("the drop-in leads nowhere") {
                try FileManager.default.removeItem(at: $0.dropin)
                try FileManager.default.createSymbolicLink(atPath: $0.dropin.path, withDestinationPath: "nowhere")
            },
            Damage("the drop-in is another user's") {
                try $0.set([.ownerAccountID: 1], of: "etc/request-key.d/resolver.conf")
            },
            Damage("everyone can write the drop-in") {
                try $0.set([.posixPermissions: 0o666], of: "etc/request-key.d/resolver.conf")
            },
            Damage("the program is removed") { try FileManager.default.removeItem(at: $0.program) },
            Damage("the program is emptied") { try Data().write(to: $0.program) },
            Damage("the program is a different one") {
                try FileManager.default.removeItem(at: $0.program)
                try await FileManager.default.copyItem(at: StandIn.program("0.1"), to: $0.program)
            },
            Damage("the program is a symbolic link") {
                try FileManager.default.moveItem(at: $0.program, to: $0.file("tmp/resolver"))
                try FileManager.default.createSymbolicLink(
                    atPath: $0.program.path, withDestinationPath: "../../tmp/resolver")
            },
            Damage("everyone can write the program") {
                try $0.set([.posixPermissions: 0o777], of: "opt/resolver/resolver")
            },
            Damage("the program is another user's") {
                try $0.set([.ownerAccountID: 1], of: "opt/resolver/resolver")
            },
        ]
    }

    @Test("install repairs it, and uninstall removes all of it", arguments: Damage.all)
    func repair(_ damage: Damage) async throws {
        let node = try await Node()
        let before = try node.tree
        try await node.run("install")
        let installed = try await node.installed(StandIn.program("1.0"), on: before)
        try await damage.make(node)
        try #require(try node.tree != installed)
        let moved = try node.tree.filter { $0.key == "tmp/resolver" || $0.key == "tmp/resolver.conf" }
        let command = try await node.runConfined("install")
        #expect(command.status == 0, "\(command.error)")
        #expect(command.error.contains("installer.sh: "))
        #expect(try node.tree == installed.merging(moved, uniquingKeysWith: { $1 }))
        #expect(try await node.run("install").error == "")
        try await node.run("uninstall")
        #expect(try node.tree == before.merging(moved, uniquingKeysWith: { $1 }))
    }

    @Test("uninstall leaves what is no longer ours")
    func foreign() async throws {
        let node = try await Node()
        let before = try node.tree
        try await node.run("install")
        let foreign = "create dns_resolver a.example * /sbin/other %k\n"
        try node.root.write(foreign, to: "request-key.d/resolver.conf")
        #expect(try await node.run("uninstall").status == 0)
        #expect(try node.root.content(node.dropin) == foreign)
        #expect(try node.tree.filter { $0.key != "etc/request-key.d/resolver.conf" } == before)
    }

    @Test(
        "the next run completes one that was killed at any step",
        arguments: ["install", "uninstall"])
    func killed(verb: String) async throws {
        var (steps, killed) = (0, 0)
        while steps == killed {
            // Several at once; the last ones find less to kill.
            killed += try await withThrowingTaskGroup { [steps] group in
                for step in steps..<steps + 4 {
                    group.addTask { try await expectCompletion(of: verb, killedAt: step) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            steps += 4
        }
        #expect(killed >= 5)
    }

    /// - Returns: Whether the run reached that step.
    private func expectCompletion(of verb: String, killedAt step: Int) async throws -> Bool {
        let rule = Node.rule.replacing(Node.program, with: "/usr/sbin/resolver")
        let node = try await Node()
        try await FileManager.default.copyItem(at: StandIn.program("0.1"), to: node.file("usr/sbin/resolver"))
        try node.root.write(rule, to: "request-key.d/resolver.conf")
        let before = try node.tree
        let installed = try await node.installed(StandIn.program("1.0"), before: rule, on: before)
        if verb == "uninstall" { try await node.run("install") }
        let isKilled = try await node.run(verb, killedAtStep: step)

        // The rule never names an incomplete program.
        let named =
            try #require(try node.root.content(node.dropin)) == rule
            ? "usr/sbin/resolver" : "opt/resolver/resolver"
        #expect(
            try node.tree[named]?.content
                == (named.hasPrefix("usr") ? before[named] : installed[named])?.content)

        #expect(try await node.run(verb).status == 0)
        #expect(try node.tree == (verb == "install" ? installed : before), "killed at step \(step)")
        try await node.run("uninstall")
        #expect(try node.tree == before, "killed at step \(step)")
        return isKilled
    }
}

extension Node {
    /// Kills the run, and everything that it started, with SIGKILL at one of the commands that change something.
    ///
    /// - Parameter step: The number of such commands that complete before.
    /// - Returns: Whether the run got that far.
    func run(_ verb: String, killedAtStep step: Int) async throws -> Bool {
        let tools = root.base.appending(path: "tools")
        let count = root.base.appending(path: "count")
        try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
        try Data().write(to: count)
        for command in ["chmod", "mv", "rm", "sync"] {
            let tool = tools.appending(path: command)
            let script = """
                #!/bin/sh
                if [ "$(wc -l <\(count.path))" = \(step) ]; then kill -KILL 0; fi
                echo >>\(count.path)
                PATH=\(Command.path)
                exec \(command) "$@"

                """
            try Data(script.utf8).write(to: tool)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path)
        }
        // In a session of its own, since SIGKILL goes to its whole process group.
        let command = try await Command.run(
            environment + ["setsid", "--wait", "sh", installer.path, verb], path: "\(tools.path):\(Command.path)")
        return command.status != 0
    }
}
