import CLinux

/// A point in time on the clock that cannot be set: clock_gettime(2), `CLOCK_MONOTONIC`.
public struct MonotonicTime: Comparable, Sendable {
    /// Since an unspecified point in the past.
    public let microseconds: Int

    public init(microseconds: Int) {
        self.microseconds = microseconds
    }

    public static var now: MonotonicTime {
        MonotonicTime(microseconds: clockMicroseconds(CLOCK_MONOTONIC))
    }

    public var seconds: Int { microseconds / 1_000_000 }

    /// The time since then.
    public var elapsed: Duration { MonotonicTime.now - self }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.microseconds < right.microseconds
    }

    public static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }

    public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        MonotonicTime(microseconds: time.microseconds + duration.wholeMicroseconds)
    }
}

/// Microseconds since 1970: clock_gettime(2), `CLOCK_REALTIME`.
public func microsecondsSinceEpoch() -> Int { clockMicroseconds(CLOCK_REALTIME) }

private func clockMicroseconds(_ clock: clockid_t) -> Int {
    var now = timespec()
    clock_gettime(clock, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

extension Duration {
    public var wholeMicroseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }

    /// In milliseconds with three decimals: `1.234 ms`.
    public var text: String {
        let microseconds = wholeMicroseconds
        let fraction = "\(1000 + microseconds % 1000)"
        return "\(microseconds / 1000).\(String(decoding: fraction.utf8.dropFirst(), as: UTF8.self)) ms"
    }
}
