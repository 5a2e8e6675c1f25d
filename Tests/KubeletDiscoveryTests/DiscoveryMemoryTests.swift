import Foundation
import Testing

@testable import KubeletDiscovery
@testable import LinuxSystem

/// A process whose executable has the kubelet's name, until it executes another.
private final class KubeletProcess {
    private let process = Process()
    private let input = Pipe()
    private let directory = FileManager.default.temporaryDirectory.appending(path: "resolver-kubelet-\(UUID())")

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let executable = directory.appending(path: "kubelet")
        try FileManager.default.copyItem(at: URL(filePath: "/bin/sh").resolvingSymlinksInPath(), to: executable)
        process.executableURL = executable
        process.arguments = ["-c", "read word; exec sleep 600"]
        process.standardInput = input
        try process.run()
    }

    deinit {
        // SIGTERM may be blocked in the thread that started it.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    var id: Int { Int(process.processIdentifier) }

    func executeAnother() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        while try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe").hasSuffix("kubelet") {
            usleep(1000)
        }
    }
}

/// A file of this test, changed long enough ago, and an answer that depends on it and on a kubelet.
private final class RememberedFile {
    let kubelet: KubeletProcess
    let path = FileManager.default.temporaryDirectory.path + "/resolver-memory-\(UUID().uuidString)"

    init() throws {
        kubelet = try KubeletProcess()
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

    /// A valid answer. It is built by hand, since a new file is too recent to be remembered.
    func answer() throws -> RememberedAnswer {
        let tree = try FileTree(root: Bytes("/"))
        let pid = kubelet.id
        let status = tree.readKernelFile(Bytes("/proc/\(pid)/stat".utf8)) ?? []
        let process = ProcessIdentity(pid: pid, startTime: try #require(ProcessFiles.startTime(stat: status)))
        let evidence = try evidence(changedBefore: 60)
        var answer = try #require(
            RememberedAnswer(
                process: process, isInControlGroup: true, evidence: evidence,
                servers: ["10.96.0.10", "fd00::a"].compactMap { IPAddress($0.utf8) },
                domain: Bytes("cluster.example"), sources: ["kubelet, process \(pid)", path]))
        answer.files = try self.evidence().files
        return answer
    }
}

@Suite(.enabled(if: geteuid() == 0, "the kubelet belongs to root")) struct DiscoveryMemoryTests {
    private func isValid(_ answer: RememberedAnswer) throws -> Bool {
        answer.isValid(in: try FileTree(root: Bytes("/")))
    }

    /// Parses a file at a time in seconds.
    private func parse(_ text: Bytes, at seconds: Int) -> DiscoveryMemory.Content? {
        DiscoveryMemory.parse(text, now: MonotonicTime(microseconds: seconds * 1_000_000), pid: 50)
    }

    @Test func readsWhatItWrote() throws {
        let answer = try RememberedFile().answer()
        var other = answer
        other.isInControlGroup = false
        for content in [
            DiscoveryMemory.Content.process(ProcessIdentity(pid: 812, startTime: 4211)), .nothing(lastPID: 50),
            .answer(answer), .answer(other),
        ] {
            let text = DiscoveryMemory.text(content, now: MonotonicTime(microseconds: 100_000_000))
            #expect(parse(text, at: 129) == content)
        }
    }

    @Test func forgetsAnAbsence() {
        let text = Bytes("nothing 50 100000000\n")
        #expect(parse(text, at: 100) == .nothing(lastPID: 50))
        #expect(parse(text, at: 130) == nil)
        // From before a boot, or forged.
        #expect(parse(text, at: 99) == nil)
    }

    @Test(arguments: [
        "", "\n", "process\n", "process 1\n", "process 1 2 3\n", "process -1 2\n", "process 1 2",
        "process 1 99999999999999999999\n", "nothing\n", "nothing 90000000\n", "nothing 1 90000000 2\n",
        "nothing x 90000000\n", "nothing 1 90000000\n\n", "nothing 51 90000000\n", "nothing 1 90\n", "other 1\n",
        "other 1 2\n", "\0", "process 1 2\nend\n", "process 1 2\nserver 1.1.1.1\nend\n",
        "process 1 2\ndomain a\nend\n",
        "process 1 2\nserver 1.1.1.1\ndomain a\n", "process 1 2\nserver 1.1.1.1\ndomain A\nend\n",
        "process 1 2\nserver kube-dns\ndomain a\nend\n", "process 1 2\nserver 1.1.1.1\ndomain a b\nend\n",
        "process 1 2\nserver 1.1.1.1\ndomain a\nsource \u{1B}[2J\nend\n",
        "process 1 2\nfile 1 2 3 4 5 6 /x\nserver 1.1.1.1\ndomain a\nend\n",
        "process 1 2\nfile 1 2 3 4 5 6 7 x\nserver 1.1.1.1\ndomain a\nend\n",
        "process 1 2\nserver 1.1.1.1\nserver 1.1.1.1\nserver 1.1.1.1\nserver 1.1.1.1\ndomain a\nend\n",
    ])
    func ignoresWhatItDidNotWrite(content: String) {
        #expect(parse(Bytes(content.utf8), at: 100) == nil)
    }

    @Test func isValidWhileNothingChanges() throws {
        let file = try RememberedFile()
        #expect(try isValid(file.answer()))
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
        #expect(try !isValid(answer))
    }

    @Test func doesNotOutliveTheExecutable() throws {
        let file = try RememberedFile()
        let answer = try file.answer()
        #expect(try isValid(answer))
        try file.kubelet.executeAnother()
        #expect(try !isValid(answer))
    }

    @Test func doesNotOutliveTheProcess() throws {
        let file = try RememberedFile()
        var answer = try file.answer()
        answer.process.startTime += 1
        #expect(try !isValid(answer))
        answer.process.startTime -= 1
        answer.process.pid = 1 << 30
        #expect(try !isValid(answer))
    }

    @Test func keepsNoAnswerThatMightNotBeValid() throws {
        func isKept(_ servers: [String], _ evidence: Evidence) -> Bool {
            RememberedAnswer(
                process: ProcessIdentity(pid: 1, startTime: 1), isInControlGroup: true, evidence: evidence,
                servers: servers.compactMap { IPAddress($0.utf8) }, domain: Bytes("cluster.local"), sources: [])
                != nil
        }
        let file = try RememberedFile()
        let old = try file.evidence(changedBefore: 60)
        #expect(isKept(["10.96.0.10"], old))
        #expect(!isKept([], old))
        #expect(try !isKept(["10.96.0.10"], file.evidence()))
        old.addUnseen()
        #expect(!isKept(["10.96.0.10"], old))
    }
}
