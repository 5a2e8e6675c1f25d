import Foundation
import Testing

/// The installer that the DaemonSet runs, on the root of a node.
@Suite(.serialized, .root)
struct InstallerTests {
    @Test("install adds program, rule and backup, a second install changes nothing, and uninstall removes them")
    func install() async throws {
        let node = try await Node()
        let before = try node.tree
        let command = try await node.run("install")
        #expect(command.status == 0)
        expectLines(
            of: command.error, ["resolver 1.0", Node.program], [Node.program, "/etc/request-key.d/resolver.conf"])
        let after = try await node.installed(StandIn.program("1.0"), on: before)
        #expect(try node.tree == after)

        let inodes = try [node.program, node.dropin].map(inode)
        let again = try await node.run("install")
        #expect(again.status == 0)
        #expect(again.error == "")
        #expect(try node.tree == after)
        #expect(try [node.program, node.dropin].map(inode) == inodes)

        #expect(try await node.run("uninstall").status == 0)
        #expect(try node.tree == before)
        let nothing = try await node.run("uninstall")
        #expect(nothing.status == 0)
        #expect(nothing.error == "")
        #expect(try node.tree == before)
    }

    @Test("two writable directories and one capability are enough")
    func confined() async throws {
        let node = try await Node()
        let before = try node.tree
        let install = try await node.runConfined("install")
        #expect(install.status == 0, "\(install.error)")
        #expect(try await node.tree == node.installed(StandIn.program("1.0"), on: before))
        let uninstall = try await node.runConfined("uninstall")
        #expect(uninstall.status == 0, "\(uninstall.error)")
        #expect(try node.tree == before)
    }

    @Test("request-key then starts the program with the key's number, except for others' names", .requestKey)
    func requestKey() async throws {
        let node = try await Node()
        try node.root.write("create dns_resolver afsdb:* * /sbin/kafs-dns %k\n", to: "request-key.d/kafs.conf")
        #expect(try await node.run("install").status == 0)
        #expect(try await node.root.started(for: "store.default.svc.cluster.local") == "\(Node.program) 1234")
        #expect(try await node.root.started(for: "afsdb:example.org") == "/sbin/kafs-dns 1234")
    }

    @Test("another image replaces the program, newer or older, and nothing else", arguments: ["2.0", "0.9"])
    func change(version: String) async throws {
        let node = try await Node()
        let before = try node.tree
        try await node.run("install")
        let rule = try inode(node.dropin)
        try await node.changeImage(StandIn.program(version))
        let command = try await node.run("install")
        expectLines(of: command.error, ["resolver \(version)", Node.program])
        #expect(try await node.tree == node.installed(StandIn.program(version), on: before))
        #expect(try inode(node.dropin) == rule)
        try await node.run("uninstall")
        #expect(try node.tree == before)
    }

    @Test(
        "what --check finds is logged, and a node where lookups will fail counts as a failure", arguments: [1, 2])
    func check(status: Int) async throws {
        let node = try await Node()
        let before = try node.tree
        let program = try await StandIn.program("1.0", check: status)
        try node.changeImage(program)
        let command = try await node.run("install")
        #expect(command.status == (status == 2 ? 1 : 0))
        #expect(command.error.contains("what --check says\n"))
        // For a node where lookups will fail, a line says so.
        #expect(command.error.hasSuffix("what --check says\n") == (status == 1))
        #expect(try node.tree == node.installed(program, on: before))
        try await node.run("uninstall")
        #expect(try node.tree == before)
    }

    @Test("the directory can be chosen", arguments: ["/usr/local/lib/resolver", "/var/opt/resolver/"])
    func directory(path: String) async throws {
        let node = try await Node()
        try FileManager.default.createDirectory(at: node.file(path), withIntermediateDirectories: true)
        let before = try node.tree
        let variables = ["INSTALL_DIRECTORY=\(path)"]
        #expect(try await node.run("install", variables: variables).status == 0)
        let program = node.file(path).appending(path: "resolver")
        let image = try await StandIn.program("1.0")
        #expect(FileManager.default.contentsEqual(atPath: program.path, andPath: image.path))
        let rule = " \(path.hasSuffix("/") ? String(path.dropLast()) : path)/resolver %k\n"
        #expect(try node.root.content(node.dropin)?.hasSuffix(rule) == true)
        #expect(try await node.run("uninstall", variables: variables).status == 0)
        #expect(try node.tree == before)
    }

    @Test("another installation's rule is restored, unless its program is gone", arguments: [true, false])
    func otherInstallation(isThere: Bool) async throws {
        let node = try await Node()
        if isThere {
            try await FileManager.default.copyItem(at: StandIn.program("0.1"), to: node.file("usr/sbin/resolver"))
        }
        let rule = Node.rule.replacing(Node.program, with: "/usr/sbin/resolver") + "# edited\n"
        try node.root.write(rule, to: "request-key.d/resolver.conf")
        let before = try node.tree
        #expect(try await node.run("install").status == 0)
        #expect(try await node.tree == node.installed(StandIn.program("1.0"), before: rule, on: before))
        #expect(try await node.run("install").error == "")
        #expect(try await node.run("uninstall").status == 0)
        let removed = isThere ? [] : ["etc/request-key.d/resolver.conf"]
        #expect(try node.tree == before.filter { !removed.contains($0.key) })
    }

    @Test("several runs at once have the same result as one")
    func concurrent() async throws {
        let node = try await Node()
        let before = try node.tree
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 { group.addTask { try await node.run("install").status } }
            for try await status in group { #expect(status == 0) }
        }
        #expect(try await node.tree == node.installed(StandIn.program("1.0"), on: before))
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 { group.addTask { try await node.run("uninstall").status } }
            for try await status in group { #expect(status == 0) }
        }
        #expect(try node.tree == before)
    }

    private func inode(_ file: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file.path)[.systemFileNumber] as? Int
    }
}
