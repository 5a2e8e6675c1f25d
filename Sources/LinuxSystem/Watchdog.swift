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

    /// All that end a process, but for SIGKILL and the real-time signals: signal(7).
    private static var fatalSignals: [Int32] {
        [
            SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ, SIGTERM, SIGHUP,
            SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT,
        ]
    }

    /// Starts watching over `key`, or over a run without a key.
    ///
    /// - Parameters:
    ///   - seconds: The time until the deadline, which runs from this call: setitimer(2).
    ///   - late: For the deadline.
    ///   - crashed: For every other signal that would end the process.
    ///   - toStandardError: Whether a person reads the message, instead of the system's log.
    public static func watch(
        over key: Key?, seconds: Int, late: Verdict, crashed: Verdict, toStandardError: Bool
    ) {
        let charge = Charge(key: key, late: late, crashed: crashed, toStandardError: toStandardError)
        let place = UnsafeMutablePointer<Charge>.allocate(capacity: 1)
        place.initialize(to: charge)
        current = place

        // A stack of its own lets the handler run after a stack overflow.
        var stack = stack_t()
        stack.ss_size = 16_384
        stack.ss_sp = .allocate(byteCount: stack.ss_size, alignment: 16)
        sigaltstack(&stack, nil)
        let flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in fatalSignals { linux_handle_signal(signal, flags, giveUp) }
        // A DNS server may close its connection while the C library writes to it.
        linux_ignore_signal(SIGPIPE)
        // A signal mask is inherited, and could keep the alarm away.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        setDeadline(seconds: seconds)
    }

    /// Moves the deadline to so many seconds from now.
    public static func setDeadline(seconds: Int) {
        current?.pointee.deadline = monotonicMicroseconds() + seconds * 1_000_000
        setTimer(microseconds: seconds * 1_000_000)
    }

    /// How long the process may still take, in whole seconds, at least one; nil where nobody watches.
    public static var secondsLeft: Int? {
        current.map { max($0.pointee.rest / 1_000_000, 1) }
    }

    /// Until this is withdrawn, the key is not rejected when the time is over, but instantiated with `payload`. That
    /// is after so many milliseconds, or at the deadline if that comes first.
    public static func offer(_ payload: Bytes, seconds: UInt32, within milliseconds: Int) {
        guard let current else { return }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: payload.count, alignment: 1)
        bytes.copyBytes(from: payload)
        let place = UnsafeMutablePointer<Offer>.allocate(capacity: 1)
        place.initialize(to: Offer(payload: UnsafeRawBufferPointer(bytes), seconds: seconds))
        current.pointee.offer = place
        setTimer(microseconds: min(milliseconds * 1000, current.pointee.rest))
    }

    /// From here on, the deadline is again what it was, and rejects the key.
    public static func withdrawOffer() {
        guard let current, current.pointee.offer != nil else { return }
        current.pointee.offer = nil
        setTimer(microseconds: current.pointee.rest)
    }

    /// Has the kernel send SIGALRM after that time.
    static func setTimer(microseconds: Int) {
        var timer = itimerval()
        // Zero would mean never.
        timer.it_value.tv_sec = max(microseconds, 1) / 1_000_000
        timer.it_value.tv_usec = max(microseconds, 1) % 1_000_000
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }

    /// How the watchdog ended the program.
    public enum End: Sendable {
        case late
        case crashed
        /// The key took what was offered.
        case offered
    }

    /// Calls `act` when the program is cut off, after the key is answered. It runs in a signal handler, and may do
    /// nothing that a lookup could be in the middle of, such as taking memory.
    ///
    /// - Parameter act: Returns whether the log is to be told.
    public static func atEnd(_ act: @escaping @Sendable (End) -> Bool) {
        current?.pointee.act = act
    }

    /// What the log is told when the program is cut off: what it was doing. Must be escaped.
    ///
    /// - Parameter fields: Only asked for where there is a journal.
    public static func expect(_ activity: String, _ fields: () -> JournalFields = { JournalFields() }) {
        guard let current else { return }
        let message =
            current.pointee.toStandardError
            ? Bytes(activity.utf8)
            : SystemLog.datagram(
                .error, activity, LogConnection.daemon == .journal ? fields() : JournalFields())
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
    let toStandardError: Bool
    var message: UnsafeMutableRawPointer?
    var messageLength = 0
    /// By ``monotonicMicroseconds()``.
    var deadline = 0
    var offer: UnsafeMutablePointer<Offer>?
    var act: (@Sendable (Watchdog.End) -> Bool)?

    /// The time until the deadline, in microseconds.
    var rest: Int { deadline - monotonicMicroseconds() }
}

/// What the key is instantiated with when the time is over.
private struct Offer {
    let payload: UnsafeRawBufferPointer
    /// The key's lifetime.
    let seconds: UInt32

    /// - Returns: Whether the key took it.
    func answer(_ key: Key?) -> Bool {
        guard let key else { return true }
        do throws(Errno) {
            try key.setTimeout(seconds: seconds)
            try key.instantiate(payload: payload)
            return true
        } catch {
            return false
        }
    }
}

nonisolated(unsafe) private var current: UnsafeMutablePointer<Charge>?

private func giveUp(signal: Int32) {
    guard let charge = current?.pointee else { _exit(1) }
    let isLate = signal == SIGALRM
    let isAnswered = isLate && charge.offer?.pointee.answer(charge.key) == true
    if !isAnswered, let key = charge.key {
        let verdict = isLate ? charge.late : charge.crashed
        try? key.reject(errno: verdict.errno, seconds: verdict.seconds)
    }
    guard charge.act?(isAnswered ? .offered : isLate ? .late : .crashed) ?? true else { _exit(isAnswered ? 0 : 1) }
    let reason: StaticString = isAnswered ? "\n" : isLate ? ": the deadline passed\n" : ": ended by a signal\n"
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
    _exit(isAnswered ? 0 : 1)
}
