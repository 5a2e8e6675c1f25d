import DNSUpcall
import LinuxSystem

/// The time that an upcall may take. The watchdog enforces it from the start.
struct UpcallTime {
    /// The time reserved to report the cause after programs of the host have used up theirs.
    private static var reserve: Duration { .milliseconds(500) }

    private let start = MonotonicTime.now
    private let standard = Configuration().deadline

    /// - Parameter key: Nil if a person waits, not a key.
    init(over key: Key?) {
        Watchdog.watch(
            over: key, until: Deadline(at: start + standard), late: Rejection(for: .deadline).verdict,
            crashed: Rejection(for: .crash).verdict, toStandardError: key == nil)
        if key == nil { Watchdog.prepareLastWords(Bytes("resolver".utf8)) { _ in true } }
    }

    /// Moves the deadline.
    ///
    /// - Parameter limit: Counted from the start.
    /// - Returns: When programs of the host must have ended.
    func setLimit(_ limit: Duration) -> Deadline {
        let deadline = Deadline(at: start + limit)
        if limit != standard { Watchdog.move(to: deadline) }
        return Deadline(at: start + (limit - min(Self.reserve, limit / 10)))
    }
}

extension Rejection {
    fileprivate var verdict: Watchdog.Verdict { .init(errno: errno, seconds: seconds) }
}
