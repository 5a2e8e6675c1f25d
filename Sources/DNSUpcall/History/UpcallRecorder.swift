import LinuxSystem

/// Records one upcall in the history, however it ends.
struct UpcallRecorder: Sendable {
    private let history: UpcallHistory?
    private let slot = UpcallSlot.make()
    private let start = MonotonicTime.now
    // Created here, since a signal handler must not allocate.
    private let bounds = UpcallCounters.bounds

    init(history: UpcallHistory?, key: Int32) {
        self.history = history
        slot.setKey(key)
    }

    func begin(name: Bytes) { slot.setName(name) }

    func enter(_ view: View, server: IPAddress?) { slot.setView(view, server) }

    func end(_ payload: Payload, lifetime: UInt32, after time: Duration) {
        if payload.isText { slot.setText(payload.bytes.dropLast()) } else { slot.setText(payload.text.utf8) }
        end(.found, errno: Errno(0), lifetime: lifetime, microseconds: time.wholeMicroseconds)
    }

    func end(_ failure: Failure, _ text: String, errno: Errno, lifetime: UInt32, after time: Duration) {
        slot.setText(text.utf8)
        end(UpcallResult(failure), errno: errno, lifetime: lifetime, microseconds: time.wholeMicroseconds)
    }

    /// For the watchdog, in its signal handler.
    func cutOff(_ end: Watchdog.End) {
        let rejection = Rejection(for: end == .late ? .deadline : .crash)
        self.end(
            end == .late ? .late : .crashed, errno: rejection.errno, lifetime: rejection.seconds,
            microseconds: MonotonicTime.now.microseconds - start.microseconds)
    }

    private func end(_ result: UpcallResult, errno: Errno, lifetime: UInt32, microseconds: Int) {
        // The watchdog may come when the upcall has ended, but not the process.
        guard let history, !slot.isFinished else { return }
        slot.finish(
            result, errno: errno.code, lifetime: lifetime, microseconds: microseconds,
            time: microsecondsSinceEpoch())
        history.counters.count(slot.view, result, microseconds: microseconds, bounds: bounds)
        history.add(slot)
    }
}
