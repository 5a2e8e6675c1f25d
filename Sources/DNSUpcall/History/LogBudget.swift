import CLinux

/// How many lines all handlers together may write to the log: so many in each ten seconds. The others are counted, and
/// the count is told in a line of its own when the time is over.
public struct LogBudget: @unchecked Sendable {
    public enum Verdict: Equatable, Sendable {
        case write
        /// The first line that is left out; the log should be told that there will be more.
        case leaveOutFirst
        case leaveOut
    }

    public static var seconds: Int { 10 }

    /// The start of the window in seconds, 32 bits, and the lines since, 32 bits; the lines left out and not told of yet;
    /// all lines left out.
    private let words: UnsafeMutablePointer<UInt64>
    private var window: UnsafeMutablePointer<UInt64> { words }
    private var untold: UnsafeMutablePointer<UInt64> { words + 1 }
    private var total: UnsafeMutablePointer<UInt64> { words + 2 }

    init(words: UnsafeMutablePointer<UInt64>) {
        self.words = words
    }

    /// Asks for one line. For signal handlers too.
    ///
    /// - Parameter now: Seconds on the monotonic clock.
    public func take(limit: Int, now: Int) -> Verdict {
        // Others take lines at the same time; who loses so often leaves its line out.
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

    /// The number of lines left out in a window that is over, once: it is zero for everyone who asks afterwards.
    public func takeLeftOut(now: Int) -> Int {
        // In a window that has just begun, lines are left out only after its own are used up.
        guard linux_atomic_load(untold) > 0 else { return 0 }
        let current = linux_atomic_load(window)
        guard isOver(current, now) || current & 0xFFFF_FFFF <= 1 else { return 0 }
        return Int(truncatingIfNeeded: linux_atomic_exchange(untold, 0) & 0xFFFF_FFFF)
    }

    /// All lines left out since the machine was started.
    public var leftOut: UInt64 { linux_atomic_load(total) }

    private func isOver(_ window: UInt64, _ now: Int) -> Bool {
        // Nothing starts in the future, whatever the file says.
        !(0..<Self.seconds).contains(now - Int(window >> 32))
    }
}
