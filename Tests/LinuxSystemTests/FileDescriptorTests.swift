import Glibc
import Testing

@testable import LinuxSystem

@Suite("File descriptors")
struct FileDescriptorTests {
    /// A pipe that does not block.
    private struct Pipe: ~Copyable {
        let readEnd: FileDescriptor
        private var writeEnd: FileDescriptor?

        static func make() throws -> Pipe {
            var ends: [Int32] = [0, 0]
            try checked(pipe(&ends))
            for end in ends { try checked(fcntl(end, F_SETFL, O_NONBLOCK)) }
            return Pipe(readEnd: FileDescriptor(owning: ends[0]), writeEnd: FileDescriptor(owning: ends[1]))
        }

        func write(_ bytes: some Collection<UInt8>) throws(Errno) {
            try writeEnd?.write(bytes)
        }

        mutating func close() {
            writeEnd = nil
        }
    }

    @Test("A file is closed at the end of the value's lifetime")
    func closing() throws {
        var pipe = try Pipe.make()
        #expect(throws: Errno(EAGAIN)) { try pipe.readEnd.content(limit: 10) }
        try pipe.write("x".utf8)
        pipe.close()
        // The end of the file, not EAGAIN: there is no writer left.
        #expect(try pipe.readEnd.content(limit: 10) == Bytes("x"))
    }

    @Test("Executed programs do not get the file")
    func closeOnExec() throws {
        let file = try FileDescriptor.open(Bytes("/dev/null"), O_RDONLY)
        #expect(fcntl(file.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("A path with a NUL is refused, not cut off")
    func pathWithNUL() {
        #expect(throws: Errno(EINVAL)) { _ = try FileDescriptor.open(Bytes("/dev/null\0x"), O_RDONLY) }
    }

    @Test("A path that does not exist is an error")
    func missing() {
        #expect(throws: Errno(ENOENT)) { _ = try FileDescriptor.open(Bytes("/nonexistent"), O_RDONLY) }
    }

    @Test("Reading stops one byte after the limit", arguments: [(4, 5), (5, 6), (6, 6), (7, 6)])
    func limit(limit: Int, count: Int) throws {
        var pipe = try Pipe.make()
        try pipe.write("123456".utf8)
        pipe.close()
        #expect(try pipe.readEnd.content(limit: limit).count == count)
    }

    @Test("A file longer than one read is read to the end")
    func manyReads() throws {
        let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        var pipe = try Pipe.make()
        try pipe.write(content)
        pipe.close()
        #expect(try pipe.readEnd.content(limit: 60_000) == content)
    }

    @Test("Everything is written, or an error is thrown")
    func writing() throws {
        let pipe = try Pipe.make()
        try pipe.write(Bytes())
        // More than the pipe holds.
        #expect(throws: Errno(EAGAIN)) { try pipe.write(Bytes(repeating: 0, count: 1 << 20)) }
        #expect(try pipe.readEnd.content(limit: 4095).count == 4096)
        #expect(throws: Errno(EBADF)) { try writeAll("x".utf8, to: -1) }
    }
}
