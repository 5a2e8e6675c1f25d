import CLinux

/// Sees to it that the key is answered when the program itself cannot any more: after a deadline, however stuck the
/// C library is, and when a signal would end the process.
///
/// The rejection happens inside the signal handler, which makes nothing but system calls.
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

    /// Starts watching over `key`, or over a run without a key.
    ///
    /// - Parameters:
    ///   - milliseconds: The time until the deadline, which runs from this call: setitimer(2).
    ///   - late: For the deadline.
    ///   - crashed: For every other signal that would end the process.
    public static func watch(over key: Key?, milliseconds: Int, late: Verdict, crashed: Verdict) {
        var charge = Charge(key: key, late: late, crashed: crashed, message: nil, messageLength: 0)
        charge.toTerminal = isatty(STDERR_FILENO) == 1
        let place = UnsafeMutablePointer<Charge>.allocate(capacity: 1)
        place.initialize(to: charge)
        current = place

        // A stack of its own lets the handler run after a stack overflow.
        var stack = stack_t()
        stack.ss_size = 16_384
        stack.ss_sp = .allocate(byteCount: stack.ss_size, alignment: 16)
        sigaltstack(&stack, nil)
        for signal in [SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGXCPU] {
            linux_handle_signal(signal, SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND)), giveUp)
        }
        setDeadline(milliseconds: milliseconds)
    }

    /// Moves the deadline to so many milliseconds from now.
    public static func setDeadline(milliseconds: Int) {
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }

    /// What the log is told when the program is cut off: what it was doing. Must be escaped.
    public static func expect(_ activity: String) {
        guard let current else { return }
        let message = SystemLog.datagram(.error, activity)
        let place = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        place.copyBytes(from: message)
        // The old message stays allocated: a signal may be reading it.
        current.pointee.messageLength = 0
        current.pointee.message = place.baseAddress
        current.pointee.messageLength = place.count
    }
}

/// What the signal handler needs, at a fixed place.
private struct Charge {
    let key: Key?
    let late: Watchdog.Verdict
    let crashed: Watchdog.Verdict
    var message: UnsafeMutableRawPointer?
    var messageLength: Int
    var toTerminal = false
}

nonisolated(unsafe) private var current: UnsafeMutablePointer<Charge>?

private func giveUp(signal: Int32) {
    guard let charge = current?.pointee else { _exit(1) }
    let verdict = signal == SIGALRM ? charge.late : charge.crashed
    if let key = charge.key {
        try? key.reject(errno: verdict.errno, seconds: verdict.seconds)
    }
    let reason: StaticString = signal == SIGALRM ? ": the deadline passed\n" : ": ended by a signal\n"
    var parts = (
        iovec(iov_base: charge.message, iov_len: charge.messageLength),
        iovec(iov_base: UnsafeMutableRawPointer(mutating: reason.utf8Start), iov_len: reason.utf8CodeUnitCount)
    )
    withUnsafeMutableBytes(of: &parts) { parts in
        let parts = parts.baseAddress!.assumingMemoryBound(to: iovec.self)
        if charge.toTerminal {
            _ = writev(STDERR_FILENO, parts, 2)
        } else {
            SystemLog.send(parts, count: 2)
        }
    }
    _exit(1)
}
