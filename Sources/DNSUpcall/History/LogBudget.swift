import CLinux

/// Limits how many lines all handlers together may write to the log in each period of ten seconds. Further lines
/// are counted, and the count is logged in a separate line when the period is over.
public struct LogBudget: @unchecked Sendable {
    public enum Verdict: Equatable, Sendable {
        case write
        /// The first line to be left out; the log should say that more will follow.
        case leaveOutFirst
        case leaveOut
    }

    public static var seconds: Int { 10 }

    /// The start of the window in seconds, 32 bits, and the lines since, 32 bits; the lines left out and not yet
    /// reported; all lines left out.
    private let words: UnsafeMutablePointer<UInt64>
    private var window: UnsafeMutablePointer<UInt64> { words }
    private var untold: UnsafeMutablePointer<UInt64> { words + 1 }
    private var total: UnsafeMutablePointer<UInt64> { words + 2 }

    init(words: UnsafeMutablePointer<UInt64>) {
        self.words = words
    }

    /// Requests one line. Safe in signal handlers.
    ///
    /// - Parameter now: Seconds on the monotonic clock.
    public func take(limit: Int, now: Int) -> Verdict {
        // Others take lines at the same time; a handler that loses this often leaves its line out.
        for _ in 0..<100 {
            let old = linux_atomic_load(window)
            let isOver = isOver(old, now)
            let lines = isOver ? 0 : Int(old & 0xFFFF_FFFF)
            guard lines <= limit else { break }
            let start = isOver ? UInt64(now) << 32 : old & ~0xFFFF_FFFF
            guard linux_atomic_replace(window, old, start | UInt64(lines + 1)) != 0 else { continue }
            if lines < limit { return .write }
            leaveOut()
            return .leaveOutFirst
        }
        leaveOut()
        return .leaveOut
    }

    private func leaveOut() {
        linux_atomic_add(untold, 1)
        linux_atomic_add(total, 1)
    }

    /// The number of lines left out in a window that is over. Returned only once: later calls get zero.
    public func takeLeftOut(now: Int) -> Int {
        // In a window that has just begun, lines are left out only after its budget is used up.
        guard linux_atomic_load(untold) > 0 else { return 0 }
        let current = linux_atomic_load(window)
        guard isOver(current, now) || current & 0xFFFF_FFFF <= 1 else { return 0 }
        return Int(truncatingIfNeeded: linux_atomic_exchange(untold, 0) & 0xFFFF_FFFF)
    }

    /// All lines left out since the machine booted.
    public var leftOut: UInt64 { linux_atomic_load(total) }

    private func isOver(_ window: UInt64, _ now: Int) -> Bool {
        // No window starts in the future, whatever the file says.
        !(0..<Self.seconds).contains(now - Int(window >> 32))
    }
}
