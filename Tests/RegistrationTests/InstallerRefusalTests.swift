import Foundation
import Testing

/// Nodes on which the installer does nothing, and says why.
@Suite(.serialized, .root)
struct InstallerRefusalTests {
    /// A change to a node, and what the installer must then say.
    struct Obstacle: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let message: String
        let make: @Sendable (Node) throws -> Void

        init(_ description: String, _ message: String, _ make: @escaping @Sendable (Node) throws -> Void) {
            testDescription = description
            self.message = message
            self.make = make
        }

        static let all = [
            Obstacle("no request-key", "cannot start /sbin/request-key; install the package keyutils") {
                try FileManager.default.removeItem(at: $0.file("usr/sbin/request-key"))
            },
            Obstacle("no C library", "cannot run the program; is the image for its architecture? It says: chroot: ")
            {
                try $0.changeImage(StandIn.dynamicProgram("1.0"))
            },
            Obstacle("a directory that others can write", "others than root can change /opt/resolver (owner 0") {
                try $0.set([.posixPermissions: 0o777], of: "opt/resolver")
            },
            Obstacle("a directory of another user", "others than root can change /opt (owner 1") {
                try $0.set([.ownerAccountID: 1], of: "opt")
            },
            Obstacle("a directory of another group", "others than root can change /opt (owner 0, group 1") {
                try $0.set([.groupOwnerAccountID: 1, .posixPermissions: 0o775], of: "opt")
            },
            Obstacle("someone else's program", "/opt/resolver/resolver is there, but not from this installer") {
                try Data("theirs\n".utf8).write(to: $0.program)
            },
            Obstacle("someone else's link", "/opt/resolver/resolver is there, but not from this installer") {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.program.path, withDestinationPath: "nowhere")
            },
            Obstacle("someone else's drop-in", "is someone else's, such as a package's; remove that first") {
                try $0.root.write("create dns_resolver * * /a %k\n", to: "request-key.d/resolver.conf")
            },
            Obstacle("an empty drop-in", "is someone else's, such as a package's; remove that first") {
                try $0.root.write("", to: "request-key.d/resolver.conf")
            },
            Obstacle("a symbolic link as drop-in", "is not a regular file; request-key would skip it") {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.dropin.path, withDestinationPath: "../resolver.conf")
            },
            Obstacle("a directory as drop-in", "is not a regular file; request-key would skip it") {
                try FileManager.default.createDirectory(at: $0.dropin, withIntermediateDirectories: true)
            },
        ]

        /// Those that request-key sees.
        static let rules = [
            Obstacle("a drop-in that would win", "rival.conf:1: Prefer") {
                try $0.root.write("create dns_resolver * * /sbin/rival %k\n", to: "request-key.d/rival.conf")
            },
            Obstacle("a mistake in a drop-in", "broken.conf:1: Syntax error") {
                try $0.root.write("mistake\n", to: "request-key.d/broken.conf")
            },
            Obstacle("a mistake in request-key.conf", "request-key.conf:1: Syntax error") {
                try $0.root.write("mistake\n", to: "request-key.conf")
            },
            Obstacle("rules of make install", "cannot write in") {
                try $0.root.write("#resolver:rule#\ncreate dns_resolver * * /a %k\n", to: "request-key.conf")
            },
        ]
    }

    @Test("install names what is in the way, and leaves the node as it is", arguments: Obstacle.all)
    func refuse(_ obstacle: Obstacle) async throws {
        try await expectRefusal(obstacle)
    }

    @Test("rules that would keep the program from being started are named", .requestKey, arguments: Obstacle.rules)
    func rules(_ obstacle: Obstacle) async throws {
        try await expectRefusal(obstacle)
    }

    private func expectRefusal(_ obstacle: Obstacle) async throws {
        let node = try Node()
        try obstacle.make(node)
        let before = try node.tree
        let command = try await node.runConfined("install")
        #expect(command.status == 1)
        #expect(command.error.contains(obstacle.message), "\(command.error)")
        #expect(try node.tree == before)
        #expect(try await node.run("uninstall").error.contains("took") == false)
        #expect(try node.tree == before)
    }

    @Test("a directory that is not there is named", arguments: ["opt/resolver", "etc/request-key.d"])
    func missing(directory: String) async throws {
        let node = try Node()
        try FileManager.default.removeItem(at: node.file(directory))
        let before = try node.tree
        let command = try await node.run("install")
        #expect(command.status == 1)
        #expect(command.error.contains("there is no directory \(node.root.url.path)/\(directory)"))
        #expect(try node.tree == before)
    }

    @Test("a version that the node cannot run leaves the one that it can", arguments: [true, false])
    func upgrade(isRegistered: Bool) async throws {
        let node = try Node()
        let before = try node.tree
        try await node.run("install")
        try node.changeImage(StandIn.dynamicProgram("2.0"))
        if !isRegistered { try FileManager.default.removeItem(at: node.dropin) }
        let tree = try node.tree
        let command = try await node.run("install")
        #expect(command.status == 1)
        #expect(command.error.contains("the node cannot run the program"))
        #expect(try node.tree == tree)
        try await node.run("uninstall")
        #expect(try node.tree == before)
    }

    @Test(
        "a command line or setting that makes no sense is refused",
        arguments: [
            ["install", "now"], ["remove"], ["watch"], ["watch", "watch"], [],
        ])
    func usage(arguments: [String]) async throws {
        let node = try Node()
        let before = try node.tree
        let command = try await Command.run(
            ["HOST_ROOT=\(node.root.url.path)", "sh", node.installer.path] + arguments)
        #expect(command.status == 1)
        #expect(command.error == "installer.sh: usage: installer.sh [watch] install|uninstall\n")
        #expect(try node.tree == before)
    }

    @Test("only an absolute path is a directory", arguments: ["opt", "/", "//", "./opt"])
    func directory(path: String) async throws {
        let node = try Node()
        let before = try node.tree
        let command = try await node.run("install", variables: ["INSTALL_DIRECTORY=\(path)"])
        #expect(command.status == 1)
        #expect(command.error.contains("not the absolute path of a directory"))
        #expect(try node.tree == before)
    }
}

extension Node {
    func set(_ attributes: [FileAttributeKey: Any], of path: String) throws {
        try FileManager.default.setAttributes(attributes, ofItemAtPath: file(path).path)
    }
}
