import CLinux

/// Microseconds since some point in the past, never set back: clock_gettime(2), `CLOCK_MONOTONIC`.
public func monotonicMicroseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// A time that another process can compare with its own, whatever happens to the machine in between.
public struct Moment: Equatable, Sendable {
    /// Seconds since the machine's start, those in sleep included: `CLOCK_BOOTTIME`.
    public let sinceStart: Int
    /// Seconds since 1970, as far as the machine knows: `CLOCK_REALTIME`.
    public let sinceEpoch: Int

    public init(sinceStart: Int, sinceEpoch: Int) {
        self.sinceStart = sinceStart
        self.sinceEpoch = sinceEpoch
    }

    public static var now: Moment {
        var start = timespec()
        var epoch = timespec()
        clock_gettime(CLOCK_BOOTTIME, &start)
        clock_gettime(CLOCK_REALTIME, &epoch)
        return Moment(sinceStart: start.tv_sec, sinceEpoch: epoch.tv_sec)
    }

    /// How many seconds ago `earlier` was: at least that by both clocks. Nil if either has gone back since, as the
    /// first does when the machine starts anew.
    public func seconds(since earlier: Moment) -> Int? {
        let (byStart, startOverflows) = sinceStart.subtractingReportingOverflow(earlier.sinceStart)
        let (byEpoch, epochOverflows) = sinceEpoch.subtractingReportingOverflow(earlier.sinceEpoch)
        guard !startOverflows, !epochOverflows, byStart >= 0, byEpoch >= 0 else { return nil }
        return max(byStart, byEpoch)
    }
}
