import Foundation
import Synchronization
import Testing

/// A directory that represents the root of a Kubernetes node, and an image of the installer to run on it.
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
    /// Where the installer remembers the previous drop-in.
    var before: URL { file("/opt/resolver/before") }
    /// The installer holds a lock on it while it is at work, and removes it at its end.
    var lock: URL { file("/opt/resolver/lock") }
    var ready: URL { root.temporary.appending(path: "ready") }

    /// - Parameter version: The version of the image's program.
    init(version: String = "1.0") async throws {
        root = try SystemRoot(conf: "# a\ncreate dns_resolver * * /sbin/key.dns_resolver %k\n")
        let files = FileManager.default
        for directory in ["usr/sbin", "usr/bin", "opt/resolver", "tmp"] {
            try files.createDirectory(at: file(directory), withIntermediateDirectories: true)
        }
        try files.createSymbolicLink(atPath: file("sbin").path, withDestinationPath: "usr/sbin")
        try await files.copyItem(at: StandIn.program("1.6.3"), to: file("usr/sbin/request-key"))
        try files.createDirectory(at: image.appending(path: "deploy"), withIntermediateDirectories: true)
        try files.copyItem(at: SystemRoot.package.appending(path: "deploy/installer.sh"), to: installer)
        try await changeImage(StandIn.program(version))
    }

    /// A file on the node.
    func file(_ path: String) -> URL { root.url.appending(path: path) }

    /// Upgrades or downgrades the image.
    func changeImage(_ program: URL) throws {
        let place = image.appending(path: "resolver")
        try? FileManager.default.removeItem(at: place)
        try FileManager.default.copyItem(at: program, to: place)
    }

    /// Runs `installer.sh VERB` with the node's root.
    @discardableResult
    func run(_ verb: String..., path: String = Command.path, variables: [String] = []) async throws -> Command {
        try await Command.run(environment + variables + ["sh", installer.path] + verb, path: path)
    }

    /// Runs the installer as in its container: it may write to two directories of the node, and has one capability.
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

    /// What a command of an ordinary user of the node starts with.
    static let ordinaryUser = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    var environment: [String] {
        ["TMPDIR=\(root.temporary.path)", "HOST_ROOT=\(root.url.path)", "INTERVAL=1"]
    }

    /// All files, directories and links of the node.
    var tree: [String: Entry] {
        get throws {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: root.url.path)
            return try Dictionary(uniqueKeysWithValues: paths.map { ($0, try Entry(file($0))) })
        }
    }

    /// The tree after an installation on another tree.
    func installed(_ program: URL, before: String = "", on tree: [String: Entry]) throws -> [String: Entry] {
        tree.merging(
            [
                "opt/resolver/resolver": Entry(mode: 0o755, content: try Data(contentsOf: program)),
                "opt/resolver/before": Entry(mode: 0o644, content: Data(before.utf8)),
                "etc/request-key.d/resolver.conf": Entry(mode: 0o644, content: Data(Self.rule.utf8)),
            ], uniquingKeysWith: { $1 })
    }

    /// The tree with the lock of an installer that is at work, or was killed.
    func locked(_ tree: [String: Entry]) -> [String: Entry] {
        tree.merging(["opt/resolver/lock": Entry(mode: 0o600, content: Data())], uniquingKeysWith: { $1 })
    }
}

/// What is at a path: a file with its content, a symbolic link with its target, or a directory.
struct Entry: Equatable {
    let type: FileAttributeType
    let owner: Int
    let group: Int
    let mode: Int
    let content: Data

    /// A regular file that belongs to root.
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

/// Small programs that answer `--version` and `--check`, for the image and the node.
enum StandIn {
    private static let directory: URL = {
        atexit { try? FileManager.default.removeItem(at: StandIn.directory) }
        return FileManager.default.temporaryDirectory.appending(path: "installer-programs-\(UUID().uuidString)")
    }()

    /// A program that runs in an empty root.
    ///
    /// - Parameter check: The exit status of `--check`.
    static func program(_ version: String, check: Int = 0) async throws -> URL {
        try await build(version, check, ["-static"])
    }

    /// A program that needs a C library there.
    static func dynamicProgram(_ version: String) async throws -> URL { try await build(version, 0, []) }

    /// Each is built only once for all tests.
    private static let builds = Mutex<[String: Task<URL, any Error>]>([:])

    private static func build(_ version: String, _ check: Int, _ options: [String]) async throws -> URL {
        let name = "\(version)-\(check)\(options.joined())"
        let build = builds.withLock { builds in
            let build = builds[name] ?? Task { try await compile(name, version, check, options) }
            builds[name] = build
            return build
        }
        return try await build.value
    }

    private static func compile(
        _ name: String, _ version: String, _ check: Int, _ options: [String]
    ) async throws -> URL {
        let code = """
            #include <stdio.h>
            #include <string.h>
            int main(int count, char **words) {
                if (count < 2 || strcmp(words[1], "--check")) return puts("resolver \(version)") < 0;
                puts("what --check says");
                return \(check);
            }

            """
        let binary = directory.appending(path: name)
        let source = binary.appendingPathExtension("c")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(code.utf8).write(to: source)
        let gcc = try await Command.run(["gcc", source.path, "-o", binary.path] + options)
        try #require(gcc.status == 0, "\(gcc.error)")
        return binary
    }
}

/// Expects one line for each list of names, with all of them.
func expectLines(of text: String, _ names: [String]..., sourceLocation: SourceLocation = #_sourceLocation) {
    let lines = text.split(separator: "\n")
    #expect(lines.count == names.count, "\(text)", sourceLocation: sourceLocation)
    for (line, names) in zip(lines, names) {
        #expect(names.allSatisfy { line.contains($0) }, "\(line)", sourceLocation: sourceLocation)
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that enter the root of a node, which only root may do.
    static var root: Self { .enabled(if: geteuid() == 0, "not root") }
}
