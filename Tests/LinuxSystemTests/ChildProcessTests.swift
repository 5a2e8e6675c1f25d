import CLinux
import LinuxSystem
import Testing

// The child of a process with other threads makes only system calls, so that it waits for none of their locks.
@Suite struct ChildProcessTests {
    private nonisolated(unsafe) static let text = UnsafeMutableRawPointer.allocate(byteCount: 300_000, alignment: 1)

    private let later = Deadline(after: .seconds(60))

    @Test func readsWhatTheChildWrites() throws {
        let text = Self.text
        let output = try ChildProcess.output(until: later, limit: 1 << 20) { write($0, text, 300_000) }
        #expect(output.bytes.count == 300_000)
        #expect(output.isComplete)
    }

    @Test func readsNoMoreThanTheLimit() throws {
        let text = Self.text
        let output = try ChildProcess.output(until: later, limit: 1000) { write($0, text, 300_000) }
        #expect(output.bytes.count == 1000)
        #expect(!output.isComplete)
    }

    @Test func killsAChildThatIsLate() throws {
        let output = try ChildProcess.output(until: Deadline(after: .seconds(1)), limit: 1000) { _ in sleep(1000) }
        #expect(!output.isComplete)
    }

    @Test func runsAProgram() throws {
        let output = try ChildProcess.output(
            of: "/bin/echo", [Bytes("a b"), Bytes("$c")], until: later, limit: 1000)
        #expect(output.bytes == Bytes("a b $c\n"))
        let nothing = try ChildProcess.output(of: "/bin/true", [], until: later, limit: 1000)
        #expect(nothing.bytes.isEmpty)
        #expect(nothing.isComplete)
    }

    @Test func saysWhyAProgramWasNotStarted() {
        #expect(throws: Errno(ENOENT)) {
            try ChildProcess.output(of: "/nonexistent", [], until: later, limit: 1000)
        }
        #expect(throws: Errno(EACCES)) { try ChildProcess.output(of: "/etc/passwd", [], until: later, limit: 1000) }
    }
}
