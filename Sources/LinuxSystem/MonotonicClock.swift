import CLinux

/// Microseconds since some point in the past, never set back: clock_gettime(2), `CLOCK_MONOTONIC`.
public func monotonicMicroseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}
