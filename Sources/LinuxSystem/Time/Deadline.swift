/// The time by which something must be finished, one way or another.
public struct Deadline: Equatable, Sendable {
    public let time: MonotonicTime

    public init(at time: MonotonicTime) {
        self.time = time
    }

    /// - Parameter duration: From now on.
    public init(after duration: Duration) {
        time = .now + duration
    }

    public var hasPassed: Bool { microsecondsLeft <= 0 }

    /// The time left in whole milliseconds, rounded up, for poll(2): it must not return before the deadline passes.
    public var pollTimeout: Int32 { Int32(clamping: (max(microsecondsLeft, 0) + 999) / 1000) }

    /// For signal handlers too.
    var microsecondsLeft: Int { time.microseconds - MonotonicTime.now.microseconds }
}
