import Foundation
import LinuxSystem
import Testing

@testable import KubeletDiscovery

/// A file of this test's, changed long enough ago, and what depends on it and on this very process.
private final class RememberedFile {
    let path = FileManager.default.temporaryDirectory.path + "/resolver-memory-\(UUID().uuidString)"

    init() throws {
        try write("one")
    }

    deinit {
        unlink(path)
    }

    func write(_ content: String) throws {
        try content.write(toFile: path, atomically: false, encoding: .utf8)
    }

    func evidence(changedBefore seconds: Int = 0) throws -> Evidence {
        let evidence = Evidence()
        var status = stat()
        try #require(stat(path, &status) == 0)
        status.st_ctim.tv_sec -= seconds
        evidence.add(Bytes(path.utf8), status)
        return evidence
    }

    /// An answer that holds. Made by hand, since a new file is too young to be remembered.
    func answer() throws -> RememberedAnswer {
        let tree = try FileTree(root: Bytes("/"))
        let pid = Int(getpid())
        let status = tree.readKernelFile(Bytes("/proc/\(pid)/stat".utf8)) ?? []
        let found = ClusterDNS(
            servers: ["10.96.0.10", "fd00::a"].compactMap { IPAddress($0.utf8) }, domain: Bytes("cluster.example"),
            sources: ["kubelet, process \(pid)", path])
        let start = try #require(startTime(stat: status))
        let evidence = try evidence(changedBefore: 60)
        var answer = try #require(
            RememberedAnswer(found, pid: pid, startTime: start, isInControlGroup: true, evidence: evidence))
        answer.files = try self.evidence().files
        return answer
    }
}

@Suite struct DiscoveryMemoryTests {
    private func holds(_ answer: RememberedAnswer) throws -> Bool {
        answer.holds(in: try FileTree(root: Bytes("/")))
    }

    @Test func readsWhatItWrote() throws {
        let answer = try RememberedFile().answer()
        var other = answer
        other.isInControlGroup = false
        for content in [
            DiscoveryMemory.Content.process(pid: 812, startTime: 4211), .nothing(lastPID: 50), .answer(answer),
            .answer(other),
        ] {
            #expect(DiscoveryMemory.parse(DiscoveryMemory.text(content, now: 100), now: 129, pid: 50) == content)
        }
    }

    @Test func forgetsAnAbsence() {
        #expect(DiscoveryMemory.parse(Bytes("nothing 50 100\n"), now: 130, pid: 50) == nil)
        // From before a boot, or forged.
        #expect(DiscoveryMemory.parse(Bytes("nothing 50 100\n"), now: 99, pid: 50) == nil)
    }

    @Test(arguments: [
        "", "\n", "process\n", "process 1\n", "process 1 2 3\n", "process -1 2\n", "process 1 2",
        "process 1 99999999999999999999\n", "nothing\n", "nothing 90\n", "nothing 1 90 2\n", "nothing x 90\n",
        "nothing 1 90\n\n", "nothing 51 90\n",
        "other 1\n",
        "\0", "process 1 2\nend\n", "process 1 2\nserver 1.1.1.1\nend\n", "process 1 2\ndomain a\nend\n",
        "process 1 2\nserver 1.1.1.1\ndomain a\n", "process 1 2\nserver 1.1.1.1\ndomain A\nend\n",
        "process 1 2\nserver kube-dns\ndomain a\nend\n", "process 1 2\nserver 1.1.1.1\ndomain a b\nend\n",
        "process 1 2\nserver 1.1.1.1\ndomain a\nsource \u{1B}[2J\nend\n",
        "process 1 2\nfile 1 2 3 4 5 6 /x\nserver 1.1.1.1\ndomain a\nend\n",
        "process 1 2\nfile 1 2 3 4 5 6 7 x\nserver 1.1.1.1\ndomain a\nend\n",
        "process 1 2\nserver 1.1.1.1\nserver 1.1.1.1\nserver 1.1.1.1\nserver 1.1.1.1\ndomain a\nend\n",
    ])
    func ignoresWhatItDidNotWrite(content: String) {
        #expect(DiscoveryMemory.parse(Bytes(content.utf8), now: 100, pid: 50) == nil)
    }

    @Test func holdsWhileNothingChanges() throws {
        let file = try RememberedFile()
        #expect(try holds(file.answer()))
    }

    @Test(arguments: ["content", "size", "mode", "another file", "no file"])
    func doesNotOutliveTheFile(change: String) throws {
        let file = try RememberedFile()
        let answer = try file.answer()
        usleep(20_000)
        switch change {
        case "content": try file.write("two")
        case "size": try file.write("three")
        case "mode": chmod(file.path, 0o600)
        case "another file":
            unlink(file.path)
            try file.write("one")
        default: unlink(file.path)
        }
        #expect(try !holds(answer))
    }

    @Test func doesNotOutliveTheProcess() throws {
        var answer = try RememberedFile().answer()
        answer.startTime += 1
        #expect(try !holds(answer))
        answer.startTime -= 1
        answer.pid = 1 << 30
        #expect(try !holds(answer))
    }

    @Test func keepsNoAnswerThatMightNotHold() throws {
        let file = try RememberedFile()
        let found = ClusterDNS(servers: ["10.96.0.10"].compactMap { IPAddress($0.utf8) })
        let old = try file.evidence(changedBefore: 60)
        #expect(RememberedAnswer(found, pid: 1, startTime: 1, isInControlGroup: true, evidence: old) != nil)
        #expect(
            RememberedAnswer(found, pid: 1, startTime: 1, isInControlGroup: true, evidence: try file.evidence())
                == nil)
        #expect(RememberedAnswer(ClusterDNS(), pid: 1, startTime: 1, isInControlGroup: true, evidence: old) == nil)
        old.addUnseen()
        #expect(RememberedAnswer(found, pid: 1, startTime: 1, isInControlGroup: true, evidence: old) == nil)
    }
}
