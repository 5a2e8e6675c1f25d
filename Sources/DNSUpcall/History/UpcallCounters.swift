import CLinux

/// How many upcalls there were since the machine was started, by view and result, and how long they took.
public struct UpcallCounters {
    /// The upper bounds of the histogram, in microseconds. What takes longer than the last counts in one more.
    public static let bounds = [
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    ]
    public static let views: [View?] = [nil, .host, .cluster]

    /// Of each view in turn: room for sixteen results; the time in microseconds; the histogram.
    private static var wordsPerView: Int { 32 }
    private static var time: Int { 16 }
    private static var histogram: Int { 17 }

    private let words: UnsafeMutablePointer<UInt64>

    init(words: UnsafeMutablePointer<UInt64>) {
        self.words = words
    }

    /// Counts an upcall. For signal handlers too.
    func count(_ view: View?, _ result: UpcallResult, microseconds: Int, bounds: [Int] = Self.bounds) {
        let words = self.words + view.index * Self.wordsPerView
        linux_atomic_add(words + Int(result.rawValue), 1)
        linux_atomic_add(words + Self.time, UInt64(max(microseconds, 0)))
        var bucket = 0
        while bucket < bounds.count, microseconds > bounds[bucket] { bucket += 1 }
        linux_atomic_add(words + Self.histogram + bucket, 1)
    }

    public func upcalls(_ view: View?, _ result: UpcallResult) -> UInt64 {
        word(view, Int(result.rawValue))
    }

    /// The sum of all times, in microseconds.
    public func microseconds(_ view: View?) -> UInt64 { word(view, Self.time) }

    /// How many upcalls took at most as long as each of ``bounds``, and more than the one before; and longer.
    public func histogram(_ view: View?) -> [UInt64] {
        (0...Self.bounds.count).map { word(view, Self.histogram + $0) }
    }

    private func word(_ view: View?, _ index: Int) -> UInt64 {
        linux_atomic_load(words + view.index * Self.wordsPerView + index)
    }
}
