import CLinux

/// Runs work that may hang, be refused privileges, or change the process in a child, with a deadline.
public enum ChildProcess {
    /// What a child wrote.
    public struct Output {
        public let bytes: Bytes
        /// Whether the child closed its output; false if its time ran out, or it wrote too much.
        public let isComplete: Bool
        /// The child's exit status; nil if a signal killed it, or it did not exit in time.
        public var exitStatus: Int32?
    }

    /// Runs `body` in a child whose standard streams are `/dev/null` and that has no other open file, and reads
    /// what it writes: fork(2).
    ///
    /// A late child is killed, and not waited for: a child stuck in a system call exits only when the kernel
    /// releases it.
    ///
    /// - Parameters:
    ///   - deadline: When the child must have finished.
    ///   - limit: The maximum number of bytes to read.
    ///   - body: Receives the descriptor to write to. The child exits when it returns.
    public static func output(
        until deadline: Deadline, limit: Int, _ body: (_ output: Int32) -> Void
    ) throws(Errno) -> Output {
        var ends: [Int32] = [-1, -1]
        // pipe(2) is not among the system calls that a lookup is allowed.
        try checked(pipe2(&ends, Int32(O_CLOEXEC)))
        let (reader, writer) = (ends[0], ends[1])
        let child = fork()
        if child == 0 {
            Watchdog.standDown()
            // If the standard streams were closed, the pipe may have their numbers.
            let output = dup2(writer, STDERR_FILENO + 1)
            let nothing = linux_open("/dev/null", O_RDWR, 0)
            dup2(nothing, STDIN_FILENO)
            dup2(nothing, STDOUT_FILENO)
            dup2(nothing, STDERR_FILENO)
            linux_ignore_signal(SIGPIPE)
            // A child that outlives this process must not keep open a file that somebody waits for.
            linux_close_range(UInt32(output) + 1, .max)
            body(output)
            _exit(0)
        }
        close(writer)
        defer { close(reader) }
        try checked(child)
        var output = read(reader, until: deadline, limit: limit)
        if output.isComplete { output.exitStatus = exitStatus(of: child, until: deadline) }
        if output.exitStatus == nil { stop(child) }
        return output
    }

    /// Waits for a child that has closed its output but may still be running.
    private static func exitStatus(of child: pid_t, until deadline: Deadline) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            // The low bits are the signal that killed it: wait(2).
            if ended == child { return status & 0x7F == 0 ? status >> 8 & 0xFF : nil }
            guard ended == 0, !deadline.hasPassed else { return nil }
            poll(nil, 0, 1)
        }
    }

    private static func stop(_ child: pid_t) {
        var status: Int32 = 0
        kill(child, SIGKILL)
        waitpid(child, &status, WNOHANG)
    }

    /// The output of a program without input: execve(2). Its environment is empty, and its standard error is
    /// `/dev/null`.
    ///
    /// - Parameter path: Absolute; no shell is involved.
    /// - Throws: Also if the program could not be started.
    public static func output(
        of path: StaticString, _ arguments: [Bytes], until deadline: Deadline, limit: Int
    ) throws(Errno) -> Output {
        // These stay allocated: a process runs few programs.
        var words = ([Bytes(path)] + arguments).map { word in word.withCString { strdup($0) } } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let output = try output(until: deadline, limit: limit) { output in
            dup2(output, STDOUT_FILENO)
            close(output)
            // A program that ignores the alarm ends with its parent. A later change of the user ID would cancel this.
            try? Privileges.becomeRealUser()
            linux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
            // Ends the program if this process is gone or may not kill it.
            Alarm.set(for: deadline)
            if let program = words[0] { execve(program, &words, &environment) }
            // No program's text begins like this.
            var failure: [UInt8] = [0, UInt8(truncatingIfNeeded: linux_errno())]
            write(STDOUT_FILENO, &failure, failure.count)
            _exit(127)
        }
        if output.bytes.count == 2, output.bytes[0] == 0 { throw Errno(Int32(output.bytes[1])) }
        return output
    }

    private static func read(_ descriptor: Int32, until deadline: Deadline, limit: Int) -> Output {
        var bytes = Bytes()
        while bytes.count <= limit {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard let ready = try? retried({ poll(&waiting, 1, deadline.pollTimeout) }), ready > 0,
                let part = try? Bytes(capacity: 16_384, { CLinux.read(descriptor, $0.baseAddress, $0.count) })
            else { break }
            if part.isEmpty { return Output(bytes: bytes, isComplete: true) }
            bytes += part
        }
        return Output(bytes: Bytes(bytes.prefix(limit)), isComplete: false)
    }
}
