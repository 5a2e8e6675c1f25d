import CLinux
import Testing

@testable import LinuxSystem

@Suite("Reading regular files")
struct RegularFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(
        "A file up to the limit is read whole, a larger one not at all", arguments: [0, 1, 4095, 4096, 4097, 9999])
    func limit(size: Int) throws {
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let path = try directory.write(content, to: "file")
        #expect(try readRegularFile(path, limit: size) == content)
        #expect(try readRegularFile(path, limit: size + 1) == content)
        if size > 0 {
            #expect(throws: FileProblem.tooLarge(limit: size - 1)) { try readRegularFile(path, limit: size - 1) }
        }
    }

    @Test("A FIFO is refused without waiting for a writer", .timeLimit(.minutes(1)))
    func fifo() throws {
        let path = directory.newFile("fifo")
        try checked(path.withCString { mkfifo($0, 0o600) })
        #expect(throws: FileProblem.notRegular) { try readRegularFile(path, limit: 10) }
    }

    @Test("A FIFO is refused even with a writer", .timeLimit(.minutes(1)))
    func fifoWithWriter() throws {
        let path = directory.newFile("fifo")
        try checked(path.withCString { mkfifo($0, 0o600) })
        let writer = try FileDescriptor.open(path, O_RDWR)
        try writer.write("content".utf8)
        #expect(throws: FileProblem.notRegular) { try readRegularFile(path, limit: 10) }
    }

    @Test("A directory is refused")
    func directoryAtThePath() {
        #expect(throws: FileProblem.isDirectory) { try readRegularFile(Bytes("/tmp"), limit: 10) }
    }

    @Test("Devices are refused", arguments: ["/dev/zero", "/dev/null", "/dev/full"])
    func otherKinds(path: String) {
        #expect(throws: FileProblem.notRegular) { try readRegularFile(Bytes(path.utf8), limit: 10) }
    }

    @Test("A symbolic link leads to the file")
    func symbolicLink() throws {
        _ = try directory.write(Bytes("content"), to: "file")
        let link = directory.newFile("link")
        try checked(link.withCString { symlink("file", $0) })
        #expect(try readRegularFile(link, limit: 10) == Bytes("content"))
    }

    @Test("Links in a circle end in an error")
    func circle() throws {
        let link = directory.newFile("link")
        try checked(link.withCString { symlink("link", $0) })
        #expect(throws: FileProblem.failed(Errno(ELOOP))) { try readRegularFile(link, limit: 10) }
    }

    @Test("A file of /proc, with a size of 0, is read as a whole")
    func proc() throws {
        #expect(try readRegularFile(Bytes("/proc/self/comm"), limit: 100).last == UInt8(ascii: "\n"))
        #expect(try readRegularFile(Bytes("/proc/self/maps"), limit: 1 << 24).count > 8192)
    }

    @Test("A file of /proc above the limit is refused as well")
    func largeProc() {
        #expect(throws: FileProblem.tooLarge(limit: 50)) {
            try readRegularFile(Bytes("/proc/self/maps"), limit: 50)
        }
    }

    @Test("The error of open(2) for a missing file is reported")
    func missing() {
        #expect(throws: FileProblem.failed(Errno(ENOENT))) {
            try readRegularFile(Bytes("/nonexistent"), limit: 10)
        }
        #expect(throws: FileProblem.failed(Errno(ENOTDIR))) {
            try readRegularFile(Bytes("/dev/null/x"), limit: 10)
        }
        #expect(throws: FileProblem.failed(Errno(EINVAL))) { try readRegularFile(Bytes("/tmp\0"), limit: 10) }
    }

    @Test(
        "Each problem has its text",
        arguments: [
            (FileProblem.failed(Errno(ENOENT)), "No such file or directory"), (.notRegular, "not a regular file"),
            (.tooLarge(limit: 7), "larger than 7 bytes"),
        ])
    func text(problem: FileProblem, text: String) {
        #expect(problem.text == text)
    }
}
