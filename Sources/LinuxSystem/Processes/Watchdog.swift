import CLinux

/// Answers the key when the program itself no longer can: when a deadline passes, even if the C library hangs, and
/// when a signal would kill the process.
///
/// The signal handler itself rejects the key, and makes only system calls.
public enum Watchdog {
    /// What the key is rejected with.
    public struct Verdict: Sendable {
        let errno: Errno
        let seconds: UInt32

        public init(errno: Errno, seconds: UInt32) {
            self.errno = errno
            self.seconds = seconds
        }
    }

    /// How long after the deadline the kernel ends the process. This makes the kernel refuse the name for a minute, so
    /// even a very busy machine must have run the signal handler by then.
    private static var grace: Duration { .seconds(2) }
    private static let killTimer = KillTimer()

    /// Why the watchdog ends the program.
    public enum End: Sendable {
        case late
        case crashed
    }

    /// All signals that kill a process, except SIGKILL and the real-time signals: signal(7).
    private static var fatalSignals: [Int32] {
        [
            SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ, SIGTERM, SIGHUP,
            SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT,
        ]
    }

    /// Starts watching over `key`, or over a run that has no key.
    ///
    /// - Parameters:
    ///   - late: For the deadline.
    ///   - crashed: For every other signal that would kill the process.
    ///   - toStandardError: Whether the message goes to standard error, for a person, instead of the system log.
    public static func watch(
        over key: Key?, until deadline: Deadline, late: Verdict, crashed: Verdict, toStandardError: Bool
    ) {
        let place = UnsafeMutablePointer<Charge>.allocate(capacity: 1)
        place.initialize(to: Charge(key: key, late: late, crashed: crashed, toStandardError: toStandardError))
        current = place

        // A separate stack lets the handler run after a stack overflow.
        var stack = stack_t()
        stack.ss_size = 16_384
        stack.ss_sp = .allocate(byteCount: stack.ss_size, alignment: 16)
        sigaltstack(&stack, nil)
        let flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in fatalSignals { linux_handle_signal(signal, flags, giveUp) }
        // A DNS server may close its connection while the C library writes to it.
        linux_ignore_signal(SIGPIPE)
        // The signal mask is inherited, and could block the alarm.
        unblockSignals()
        move(to: deadline)
    }

    public static func move(to deadline: Deadline) {
        Alarm.set(for: deadline)
        killTimer?.set(for: Deadline(at: deadline.time + grace))
    }

    /// For a child process, whose end is not that of the upcall: it neither answers the key nor reports anything.
    static func standDown() { current = nil }

    /// Sets what is reported if the program is cut off.
    ///
    /// - Parameters:
    ///   - message: What the program was doing: a datagram for the log, or text for standard error.
    ///   - act: Called after the key is answered; returns whether to send the message. It runs in a signal handler,
    ///     and must not do anything that a lookup could be in the middle of, such as allocating memory.
    public static func prepareLastWords(_ message: Bytes, _ act: @escaping @Sendable (End) -> Bool) {
        guard let current else { return }
        let place = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        place.copyBytes(from: message)
        // The old message stays allocated: a signal may be reading it.
        current.pointee.messageLength = 0
        current.pointee.message = place.baseAddress
        current.pointee.messageLength = place.count
        current.pointee.act = act
    }
}

/// Unblocks all signals, whatever mask the process inherited: sigprocmask(2).
public func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
}

/// What the signal handler needs, at a fixed address.
private struct Charge {
    let key: Key?
    let late: Watchdog.Verdict
    let crashed: Watchdog.Verdict
    let toStandardError: Bool
    var message: UnsafeMutableRawPointer?
    var messageLength = 0
    var act: (@Sendable (Watchdog.End) -> Bool)?
}

nonisolated(unsafe) private var current: UnsafeMutablePointer<Charge>?

private func giveUp(signal: Int32) {
    guard let charge = current?.pointee else { _exit(1) }
    let end: Watchdog.End = signal == SIGALRM ? .late : .crashed
    let verdict = end == .late ? charge.late : charge.crashed
    try? charge.key?.reject(errno: verdict.errno, seconds: verdict.seconds)
    guard charge.act?(end) ?? true else { _exit(1) }
    let reason: StaticString = end == .late ? ": the deadline passed\n" : ": ended by a signal\n"
    var parts = (
        iovec(iov_base: charge.message, iov_len: charge.messageLength),
        iovec(iov_base: UnsafeMutableRawPointer(mutating: reason.utf8Start), iov_len: reason.utf8CodeUnitCount)
    )
    withUnsafeMutableBytes(of: &parts) { parts in
        let parts = parts.baseAddress!.assumingMemoryBound(to: iovec.self)
        if charge.toStandardError {
            _ = writev(STDERR_FILENO, parts, 2)
        } else {
            LogConnection.send(parts, count: 2)
        }
    }
    _exit(1)
}
