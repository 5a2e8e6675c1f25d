import CLinux
import Foundation
import LinuxSystem
import Testing

@testable import KubeletDiscovery

/// A tree for one test, with the configuration of a kubelet that is not running.
private final class Tree {
    let path = FileManager.default.temporaryDirectory.path + "/resolver-tree-\(UUID().uuidString)"
    static let config = "/var/lib/kubelet/config.yaml"
    static let content = """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        clusterDNS: [10.96.0.10]

        """

    static func problem(_ problem: FileProblem, of file: String = config) -> String {
        "\(file): \(problem.text)"
    }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path + "/var/lib/kubelet", withIntermediateDirectories: true)
        try write(Self.content)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ content: String, to file: String = config) throws {
        try FileManager.default.createDirectory(
            atPath: (path + file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try content.write(toFile: path + file, atomically: false, encoding: .utf8)
        chmod(path + file, 0o644)
    }

    func discover() -> ClusterDNS {
        ClusterDNSDiscovery(root: Bytes(path.utf8)).discover()
    }
}

@Suite struct HostileFileTests {
    @Test func readsAnOrdinaryFile() throws {
        #expect(try Tree().discover().serverTexts == ["10.96.0.10"])
    }

    @Test(.timeLimit(.minutes(1))) func doesNotWaitForAFIFO() throws {
        let tree = try Tree()
        unlink(tree.path + Tree.config)
        mkfifo(tree.path + Tree.config, 0o644)
        #expect(tree.discover().problem == Tree.problem(.notRegular))
    }

    @Test(.enabled(if: geteuid() == 0, "mknod requires root")) func readsNoDevice() throws {
        let tree = try Tree()
        unlink(tree.path + Tree.config)
        // /dev/zero, which never ends.
        try #require(mknod(tree.path + Tree.config, S_IFCHR | 0o644, 1 << 8 | 5) == 0)
        #expect(tree.discover().problem == Tree.problem(.notRegular))
    }

    @Test func readsNoHugeFile() throws {
        let tree = try Tree()
        truncate(tree.path + Tree.config, 50 << 20)
        #expect(tree.discover().problem == Tree.problem(.tooLarge(limit: 1 << 20)))
    }

    @Test(arguments: [0o666, 0o602])
    func refusesAFileThatEveryoneMayWriteTo(mode: Int) throws {
        let tree = try Tree()
        chmod(tree.path + Tree.config, mode_t(mode))
        let found = tree.discover()
        #expect(found.servers.isEmpty)
        #expect(found.problem == Tree.problem(.distrusted(.writableByEveryone)))
    }

    @Test(.enabled(if: geteuid() == 0, "chown requires root")) func refusesAnotherGroupsFile() throws {
        let tree = try Tree()
        chown(tree.path + Tree.config, 0, 12_345)
        #expect(tree.discover().serverTexts == ["10.96.0.10"])
        chmod(tree.path + Tree.config, 0o664)
        #expect(tree.discover().problem == Tree.problem(.distrusted(.writableByGroup)))
        chown(tree.path + Tree.config, 0, 0)
        #expect(tree.discover().serverTexts == ["10.96.0.10"])
    }

    @Test(.enabled(if: geteuid() == 0, "chown requires root")) func refusesAnotherUsersFile() throws {
        let tree = try Tree()
        chown(tree.path + Tree.config, 12_345, 0)
        #expect(tree.discover().problem == Tree.problem(.distrusted(.foreignOwner)))
        // Files of the owner of the whole tree are as trustworthy as the tree.
        chown(tree.path, 12_345, 12_345)
        #expect(tree.discover().serverTexts == ["10.96.0.10"])
    }

    @Test(.enabled(if: geteuid() == 0, "the ACL names another user than the test's"), arguments: [UInt8(2), 8])
    func refusesAFileThatAnACLLetsOthersWriteTo(tag: UInt8) throws {
        let tree = try Tree()
        /// The owner may write, the entry has these permissions, and so has the mask.
        func set(_ permissions: UInt8) throws {
            let none: [UInt8] = [255, 255, 255, 255]
            let entries: [[UInt8]] = [
                [1, 0, 6, 0] + none, [2, 0, tag == 2 ? permissions : 4, 0, 57, 48, 0, 0], [4, 0, 4, 0] + none,
                [8, 0, tag == 8 ? permissions : 4, 0, 57, 48, 0, 0], [16, 0, permissions, 0] + none,
                [32, 0, 4, 0] + none,
            ]
            let list: [UInt8] = [2, 0, 0, 0] + entries.joined()
            try #require(setxattr(tree.path + Tree.config, "system.posix_acl_access", list, list.count, 0) == 0)
        }
        try set(4)
        #expect(tree.discover().serverTexts == ["10.96.0.10"])
        try set(6)
        #expect(tree.discover().problem == Tree.problem(.distrusted(.writableByACL)))
    }

    @Test(.enabled(if: geteuid() == 0, "chown requires root")) func toleratesTheGroupOfMicroK8s() throws {
        let tree = try Tree()
        unlink(tree.path + Tree.config)
        let file = "/var/snap/microk8s/current/args/kubelet"
        try tree.write("--cluster-dns=10.152.183.10\n", to: file)
        chown(tree.path + file, 0, 12_345)
        chmod(tree.path + file, 0o660)
        #expect(tree.discover().serverTexts == ["10.152.183.10"])
        chmod(tree.path + file, 0o662)
        #expect(tree.discover().problem == Tree.problem(.distrusted(.writableByEveryone), of: file))
    }

    @Test func refusesDropInsInADirectoryThatEveryoneMayWriteTo() throws {
        let tree = try Tree()
        let directory = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d"
        try tree.write(Tree.content, to: "\(directory)/a.conf")
        unlink(tree.path + Tree.config)
        #expect(tree.discover().serverTexts == ["10.96.0.10"])
        chmod(tree.path + directory, 0o777)
        #expect(tree.discover().problem == Tree.problem(.distrusted(.writableByEveryone), of: directory))
    }

    @Test func boundsTheNumberOfDropIns() throws {
        let tree = try Tree()
        unlink(tree.path + Tree.config)
        let directory = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d"
        for number in 0...256 { try tree.write(Tree.content, to: "\(directory)/\(number).conf") }
        #expect(tree.discover().problem == "\(directory): it has more than 256 drop-ins")
    }

    @Test func boundsTheDepthOfDropIns() throws {
        let tree = try Tree()
        unlink(tree.path + Tree.config)
        let directory = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d"
        try tree.write(Tree.content, to: directory + String(repeating: "/d", count: 17) + "/a.conf")
        #expect(tree.discover().problem?.hasSuffix("/d: it is nested too deeply") == true)
    }

    @Test func readsNothingOutsideTheRoot() throws {
        let tree = try Tree()
        let outside = tree.path + "-outside.yaml"
        try Tree.content.write(toFile: outside, atomically: false, encoding: .utf8)
        defer { unlink(outside) }
        unlink(tree.path + Tree.config)
        for target in [outside, "../../../../../../../../../../.." + outside, "/proc/self/root" + outside] {
            symlink(target, tree.path + Tree.config)
            let found = tree.discover()
            #expect(found.problem == nil || found.problem == Tree.problem(.failed(Errno(ENOENT))))
            #expect(found.servers.isEmpty)
            unlink(tree.path + Tree.config)
        }
    }

    @Test func writesNothingBelowARoot() throws {
        let tree = try Tree()
        _ = tree.discover()
        #expect(!FileManager.default.fileExists(atPath: tree.path + "/run"))
    }
}
