import CLinux

/// Work that may hang, be refused privileges, or change the process: done in a child, within a time.
public enum ChildProcess {
    /// What a child wrote.
    public struct Output {
        public let bytes: Bytes
        /// Whether the child came to its end; false where its time was over, or it wrote too much.
        public let isComplete: Bool
        /// What the child ended with; nil where a signal ended it, or it did not end in time.
        public var exitStatus: Int32?
    }

    /// Runs `body` in a child whose standard streams lead nowhere and that has no other open file, and reads what it
    /// writes: fork(2).
    ///
    /// A child that is late is killed, and not waited for: one that the kernel holds in a system call ends only when the
    /// kernel lets it go.
    ///
    /// - Parameters:
    ///   - seconds: How long the child may take.
    ///   - limit: How many bytes are read at most.
    ///   - body: Is given the file to write to. The child ends when it returns.
    public static func output(
        within seconds: Int, limit: Int, _ body: (_ output: Int32) -> Void
    ) throws(Errno) -> Output {
        var ends: [Int32] = [-1, -1]
        // pipe(2) is not among the system calls that are left to a lookup.
        try checked(pipe2(&ends, Int32(O_CLOEXEC)))
        let (reader, writer) = (ends[0], ends[1])
        let child = fork()
        if child == 0 {
            let nothing = linux_open("/dev/null", O_RDWR, 0)
            dup2(nothing, STDIN_FILENO)
            dup2(nothing, STDOUT_FILENO)
            dup2(nothing, STDERR_FILENO)
            linux_ignore_signal(SIGPIPE)
            // A child that outlives this process keeps no file open that somebody waits for.
            linux_close_range(UInt32(STDERR_FILENO) + 1, UInt32(writer) - 1)
            linux_close_range(UInt32(writer) + 1, .max)
            body(writer)
            _exit(0)
        }
        close(writer)
        defer { close(reader) }
        try checked(child)
        let end = monotonicMicroseconds() + seconds * 1_000_000
        var output = read(reader, until: end, limit: limit)
        if output.isComplete { output.exitStatus = exitStatus(of: child, until: end) }
        if output.exitStatus == nil { stop(child) }
        return output
    }

    /// Waits for a child that has closed its output, and that may go on without it.
    private static func exitStatus(of child: pid_t, until end: Int) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            // The low bits are those of the signal that ended it: wait(2).
            if ended == child { return status & 0x7F == 0 ? status >> 8 & 0xFF : nil }
            guard ended == 0, monotonicMicroseconds() < end else { return nil }
            poll(nil, 0, 1)
        }
    }

    private static func stop(_ child: pid_t) {
        var status: Int32 = 0
        kill(child, SIGKILL)
        waitpid(child, &status, WNOHANG)
    }

    /// The output of a program without input: execve(2). Its environment is empty, its standard error leads nowhere.
    ///
    /// - Parameter path: Absolute; no shell is involved.
    /// - Throws: Also why the program was not started.
    public static func output(
        of path: StaticString, _ arguments: [Bytes], within seconds: Int, limit: Int
    ) throws(Errno) -> Output {
        // They stay allocated: a process runs few programs.
        var words = ([Bytes(path)] + arguments).map { word in word.withCString { strdup($0) } } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let output = try output(within: seconds, limit: limit) { output in
            dup2(output, STDOUT_FILENO)
            close(output)
            // Ends the program where this process has ended, or may not kill it.
            Watchdog.setTimer(microseconds: seconds * 1_000_000)
            if let program = words[0] { execve(program, &words, &environment) }
            // No program's text begins like this.
            var failure: [UInt8] = [0, UInt8(truncatingIfNeeded: linux_errno())]
            write(STDOUT_FILENO, &failure, failure.count)
            _exit(127)
        }
        if output.bytes.count == 2, output.bytes[0] == 0 { throw Errno(Int32(output.bytes[1])) }
        return output
    }

    private static func read(_ descriptor: Int32, until end: Int, limit: Int) -> Output {
        var bytes = Bytes()
        while bytes.count <= limit {
            let rest = (end - monotonicMicroseconds() + 999) / 1000
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard rest > 0 else { break }
            let ready = poll(&waiting, 1, Int32(rest))
            if ready < 0, linux_errno() == EINTR { continue }
            guard ready > 0 else { break }
            let part = Bytes(unsafeUninitializedCapacity: 16_384) { buffer, count in
                count = max(CLinux.read(descriptor, buffer.baseAddress, buffer.count), 0)
            }
            if part.isEmpty { return Output(bytes: bytes, isComplete: true) }
            bytes += part
        }
        return Output(bytes: Bytes(bytes.prefix(limit)), isComplete: false)
    }
}
