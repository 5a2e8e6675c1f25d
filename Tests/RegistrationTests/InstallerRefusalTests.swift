import Foundation
import Testing

/// Nodes on which the installer does nothing and says why.
@Suite(.serialized, .root)
struct InstallerRefusalTests {
    /// A change to a node, and what the installer must name because of it.
    struct Obstacle: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let named: String
        let make: @Sendable (Node) async throws -> Void

        init(_ description: String, _ named: String, _ make: @escaping @Sendable (Node) async throws -> Void) {
            testDescription = description
            self.named = named
            self.make = make
        }

        static let all = [
            Obstacle("no request-key", "/sbin/request-key") {
                try FileManager.default.removeItem(at: $0.file("usr/sbin/request-key"))
            },
            Obstacle("no C library", "chroot: ") {
                try await $0.changeImage(StandIn.dynamicProgram("1.0"))
            },
            Obstacle("a directory that others can write", "/opt/resolver (owner 0") {
                try $0.set([.posixPermissions: 0o777], of: "opt/resolver")
            },
            Obstacle("a directory of another user", "/opt (owner 1") {
                try $0.set([.ownerAccountID: 1], of: "opt")
            },
            Obstacle("a directory of another group", "/opt (owner 0, group 1") {
                try $0.set([.groupOwnerAccountID: 1, .posixPermissions: 0o775], of: "opt")
            },
            Obstacle("someone else's program", "/opt/resolver/resolver") {
                try Data("theirs\n".utf8).write(to: $0.program)
            },
            Obstacle("someone else's link", "/opt/resolver/resolver") {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.program.path, withDestinationPath: "nowhere")
            },
            Obstacle("someone else's drop-in", "/etc/request-key.d/resolver.conf") {
                try $0.root.write("create dns_resolver * * /a %k\n", to: "request-key.d/resolver.conf")
            },
            Obstacle("an empty drop-in", "/etc/request-key.d/resolver.conf") {
                try $0.root.write("", to: "request-key.d/resolver.conf")
            },
            Obstacle("a symbolic link as drop-in", "/etc/request-key.d/resolver.conf") {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.dropin.path, withDestinationPath: "../resolver.conf")
            },
            Obstacle("a directory as drop-in", "/etc/request-key.d/resolver.conf") {
                try FileManager.default.createDirectory(at: $0.dropin, withIntermediateDirectories: true)
            },
        ]

        /// Obstacles that request-key sees.
        static let rules = [
            Obstacle("a drop-in that would win", "rival.conf:1") {
                try $0.root.write("create dns_resolver * * /sbin/rival %k\n", to: "request-key.d/rival.conf")
            },
            Obstacle("a mistake in a drop-in", "broken.conf:1") {
                try $0.root.write("mistake\n", to: "request-key.d/broken.conf")
            },
            Obstacle("a mistake in request-key.conf", "request-key.conf:1") {
                try $0.root.write("mistake\n", to: "request-key.conf")
            },
            Obstacle("rules of make install", "Read-only file system") {
                try $0.root.write("#resolver:rule#\ncreate dns_resolver * * /a %k\n", to: "request-key.conf")
            },
        ]
    }

    @Test("install names the obstacle, and leaves the node as it is", arguments: Obstacle.all)
    func refuse(_ obstacle: Obstacle) async throws {
        try await expectRefusal(obstacle)
    }

    @Test("rules that would keep the program from starting are named", .requestKey, arguments: Obstacle.rules)
    func rules(_ obstacle: Obstacle) async throws {
        try await expectRefusal(obstacle)
    }

    private func expectRefusal(_ obstacle: Obstacle) async throws {
        let node = try await Node()
        try await obstacle.make(node)
        let before = try node.tree
        let command = try await node.runConfined("install")
        #expect(command.status == 1)
        #expect(command.error.contains(obstacle.named), "\(command.error)")
        #expect(try node.tree == before)
        #expect(try await node.run("uninstall").error == "")
        #expect(try node.tree == before)
    }

    @Test("a missing directory is named", arguments: ["opt/resolver", "etc/request-key.d"])
    func missing(directory: String) async throws {
        let node = try await Node()
        try FileManager.default.removeItem(at: node.file(directory))
        let before = try node.tree
        let command = try await node.run("install")
        #expect(command.status == 1)
        #expect(command.error.contains("\(node.root.url.path)/\(directory)"))
        #expect(try node.tree == before)
    }

    @Test("a version that the node cannot run does not replace one that it can", arguments: [true, false])
    func upgrade(isRegistered: Bool) async throws {
        let node = try await Node()
        let before = try node.tree
        try await node.run("install")
        try await node.changeImage(StandIn.dynamicProgram("2.0"))
        if !isRegistered { try FileManager.default.removeItem(at: node.dropin) }
        let tree = try node.tree
        let command = try await node.run("install")
        #expect(command.status == 1)
        #expect(command.error.contains("chroot: "))
        #expect(try node.tree == tree)
        try await node.run("uninstall")
        #expect(try node.tree == before)
    }

    @Test(
        "an invalid command line or setting is refused",
        arguments: [
            ["install", "now"], ["remove"], ["watch"], ["watch", "watch"], [],
        ])
    func usage(arguments: [String]) async throws {
        let node = try await Node()
        let before = try node.tree
        let command = try await Command.run(
            ["HOST_ROOT=\(node.root.url.path)", "sh", node.installer.path] + arguments)
        #expect(command.status == 1)
        #expect(command.error.hasPrefix("installer.sh: usage: "))
        #expect(try node.tree == before)
    }

    @Test("only an absolute path is accepted as the directory", arguments: ["opt", "/", "//", "./opt"])
    func directory(path: String) async throws {
        let node = try await Node()
        let before = try node.tree
        let command = try await node.run("install", variables: ["INSTALL_DIRECTORY=\(path)"])
        #expect(command.status == 1)
        #expect(command.error.contains("directory"))
        #expect(try node.tree == before)
    }
}

extension Node {
    func set(_ attributes: [FileAttributeKey: Any], of path: String) throws {
        try FileManager.default.setAttributes(attributes, ofItemAtPath: file(path).path)
    }
}
