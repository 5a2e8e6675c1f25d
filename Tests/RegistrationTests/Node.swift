import Foundation
import Testing

/// A directory that stands for the root of a Kubernetes node, and an image of the installer to run on it.
final class Node: Sendable {
    static let program = "/opt/resolver/resolver"
    static let rule = """
        #resolver:file# Put here by the installation of resolver; uninstalling resolver removes it.
        # request-key reads this file before /etc/request-key.conf and takes the first of several equally good rules.
        #OP     TYPE          DESCRIPTION  CALLOUT  PROGRAM
        create  dns_resolver  *            *        /opt/resolver/resolver %k

        """

    let root: SystemRoot
    var image: URL { root.base.appending(path: "package") }
    var installer: URL { image.appending(path: "deploy/installer.sh") }
    var dropin: URL { root.dropin }
    var program: URL { file(Self.program) }
    /// Where the installer remembers what the drop-in was before.
    var before: URL { file("/opt/resolver/before") }
    var ready: URL { root.temporary.appending(path: "ready") }

    /// - Parameter version: What the image's program calls itself.
    init(version: String = "1.0") throws {
        root = try SystemRoot(conf: "# a\ncreate dns_resolver * * /sbin/key.dns_resolver %k\n")
        let files = FileManager.default
        for directory in ["usr/sbin", "usr/bin", "opt/resolver", "tmp"] {
            try files.createDirectory(at: file(directory), withIntermediateDirectories: true)
        }
        try files.createSymbolicLink(atPath: file("sbin").path, withDestinationPath: "usr/sbin")
        try files.copyItem(at: StandIn.program("1.6.3"), to: file("usr/sbin/request-key"))
        try files.createDirectory(at: image.appending(path: "deploy"), withIntermediateDirectories: true)
        try files.copyItem(at: SystemRoot.package.appending(path: "deploy/installer.sh"), to: installer)
        try changeImage(StandIn.program(version))
    }

    /// A file of the node.
    func file(_ path: String) -> URL { root.url.appending(path: path) }

    /// What an upgrade or downgrade of the image does.
    func changeImage(_ program: URL) throws {
        let place = image.appending(path: "resolver")
        try? FileManager.default.removeItem(at: place)
        try FileManager.default.copyItem(at: program, to: place)
    }

    /// `installer.sh VERB`, seeing the node's root.
    @discardableResult
    func run(_ verb: String..., path: String = Command.path, variables: [String] = []) async throws -> Command {
        try await Command.run(environment + variables + ["sh", installer.path] + verb, path: path)
    }

    /// Runs the installer as its container does: it may write in two directories of the node, and has one capability.
    @discardableResult
    func runConfined(_ verb: String) async throws -> Command {
        let view = root.base.appending(path: "view").path
        let script = """
            set -e
            mkdir -p "$2"
            mount --bind "$1" "$2"
            mount -o remount,bind,ro "$2"
            for directory in opt/resolver etc/request-key.d; do mount --bind "$1/$directory" "$2/$directory"; done
            exec setpriv --no-new-privs --bounding-set -all,+sys_chroot --inh-caps -all sh "$3" "$4"
            """
        return try await Command.run(
            environment + [
                "HOST_ROOT=\(view)", "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
                root.url.path, view, installer.path, verb,
            ])
    }

    var environment: [String] {
        ["TMPDIR=\(root.temporary.path)", "HOST_ROOT=\(root.url.path)", "INTERVAL=1"]
    }

    /// All of the node's files, directories and links.
    var tree: [String: Entry] {
        get throws {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: root.url.path)
            return try Dictionary(uniqueKeysWithValues: paths.map { ($0, try Entry(file($0))) })
        }
    }

    /// The tree that an installation makes of another.
    func installed(_ program: URL, before: String = "", on tree: [String: Entry]) throws -> [String: Entry] {
        tree.merging(
            [
                "opt/resolver/resolver": Entry(mode: 0o755, content: try Data(contentsOf: program)),
                "opt/resolver/before": Entry(mode: 0o644, content: Data(before.utf8)),
                "etc/request-key.d/resolver.conf": Entry(mode: 0o644, content: Data(Self.rule.utf8)),
            ], uniquingKeysWith: { $1 })
    }
}

/// What stands at a path: a file with its content, a symbolic link with its target, or a directory.
struct Entry: Equatable {
    let type: FileAttributeType
    let owner: Int
    let group: Int
    let mode: Int
    let content: Data

    /// A regular file of root's.
    init(mode: Int, content: Data) {
        (type, owner, group, self.mode, self.content) = (.typeRegular, 0, 0, mode, content)
    }

    init(_ file: URL) throws {
        let status = try FileManager.default.attributesOfItem(atPath: file.path)
        type = try #require(status[.type] as? FileAttributeType)
        owner = try #require(status[.ownerAccountID] as? Int)
        group = try #require(status[.groupOwnerAccountID] as? Int)
        mode = try #require(status[.posixPermissions] as? Int)
        content =
            switch type {
            case .typeRegular: try Data(contentsOf: file)
            case .typeSymbolicLink: Data(try FileManager.default.destinationOfSymbolicLink(atPath: file.path).utf8)
            default: Data()
            }
    }
}

/// Small programs that answer `--version` and `--check`, as the image's and the node's.
enum StandIn {
    private static let directory: URL = {
        atexit { try? FileManager.default.removeItem(at: StandIn.directory) }
        return FileManager.default.temporaryDirectory.appending(path: "installer-programs-\(UUID().uuidString)")
    }()

    /// A program that runs in an empty root.
    ///
    /// - Parameter check: The exit status of `--check`.
    static func program(_ version: String, check: Int = 0) throws -> URL { try build(version, check, ["-static"]) }

    /// One that needs a C library there.
    static func dynamicProgram(_ version: String) throws -> URL { try build(version, 0, []) }

    private static func build(_ version: String, _ check: Int, _ options: [String]) throws -> URL {
        let binary = directory.appending(path: "\(version)-\(check)\(options.joined())")
        if FileManager.default.fileExists(atPath: binary.path) { return binary }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let code = """
            #include <stdio.h>
            #include <string.h>
            int main(int count, char **words) {
                if (count < 2 || strcmp(words[1], "--check")) return puts("resolver \(version)") < 0;
                puts("what --check says");
                return \(check);
            }

            """
        let source = Pipe()
        let gcc = Process()
        gcc.executableURL = URL(filePath: "/usr/bin/env")
        // Renamed into place: another test may build the same.
        let new = directory.appending(path: UUID().uuidString)
        gcc.arguments = ["gcc", "-x", "c", "-", "-o", new.path] + options
        gcc.standardInput = source
        try gcc.run()
        try source.fileHandleForWriting.write(contentsOf: Data(code.utf8))
        try source.fileHandleForWriting.close()
        gcc.waitUntilExit()
        try #require(gcc.terminationStatus == 0)
        try #require(rename(new.path, binary.path) == 0)
        return binary
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that enter the root of a node: only root may.
    static var root: Self { .enabled(if: geteuid() == 0, "not root") }
}
