import CLinux

/// The number of upcalls since the machine booted, by view and result, and how long they took.
public struct UpcallCounters {
    /// The upper bounds of the histogram, in microseconds. One more bucket counts what takes longer than the last.
    public static let bounds = [
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    ]
    public static let views: [View?] = [nil, .host, .cluster]

    /// For each view in turn: room for sixteen results; the time in microseconds; the histogram.
    private static var wordsPerView: Int { 32 }
    private static var time: Int { 16 }
    private static var histogram: Int { 17 }

    private let words: UnsafeMutablePointer<UInt64>

    init(words: UnsafeMutablePointer<UInt64>) {
        self.words = words
    }

    /// Counts an upcall. Safe in signal handlers.
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

    /// For each of ``bounds``, how many upcalls took at most as long, but longer than the bound before; finally,
    /// how many took longer than all bounds.
    public func histogram(_ view: View?) -> [UInt64] {
        (0...Self.bounds.count).map { word(view, Self.histogram + $0) }
    }

    private func word(_ view: View?, _ index: Int) -> UInt64 {
        linux_atomic_load(words + view.index * Self.wordsPerView + index)
    }
}
