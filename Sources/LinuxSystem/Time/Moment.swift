import CLinux

/// A time that another process can compare with its own, even across a reboot.
public struct Moment: Equatable, Sendable {
    /// Seconds since the machine booted, including time suspended: `CLOCK_BOOTTIME`.
    public let sinceStart: Int
    /// Seconds since 1970, by the machine's clock: `CLOCK_REALTIME`.
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

    /// The seconds since `earlier`, by whichever clock counts more. Nil if either clock has gone back since, as the
    /// first does on a reboot.
    public func seconds(since earlier: Moment) -> Int? {
        let (byStart, startOverflows) = sinceStart.subtractingReportingOverflow(earlier.sinceStart)
        let (byEpoch, epochOverflows) = sinceEpoch.subtractingReportingOverflow(earlier.sinceEpoch)
        guard !startOverflows, !epochOverflows, byStart >= 0, byEpoch >= 0 else { return nil }
        return max(byStart, byEpoch)
    }
}
