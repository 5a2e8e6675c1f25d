import CLinux
import LinuxSystem

/// Enters one upcall into the history, however it ends.
struct UpcallRecorder {
    private let history: UpcallHistory?
    private let slot = UpcallSlot.make()
    private let started = monotonicMicroseconds()

    init(history: UpcallHistory?, log: HandlerLog, key: Int32) {
        self.history = history
        slot.setKey(key)
        let (slot, started, bounds) = (slot, started, UpcallCounters.bounds)
        Watchdog.atEnd { end in
            let elapsed = monotonicMicroseconds() - started
            let result: UpcallResult = end == .offered ? .stale : end == .late ? .late : .crashed
            let rejection = Rejection(for: end == .late ? .deadline : .crash)
            let (errno, lifetime) =
                end == .offered ? (0, slot.lifetime) : (rejection.errno.code, rejection.seconds)
            slot.finish(
                result, errno: errno, lifetime: lifetime, microseconds: elapsed, time: microsecondsSinceEpoch())
            history?.counters.count(slot.view, result, microseconds: elapsed, bounds: bounds)
            history?.add(slot)
            return log.admitsLastWords()
        }
    }

    /// The time since the start, in microseconds.
    var elapsed: Int { monotonicMicroseconds() - started }

    func begin(name: Bytes) { slot.setName(name) }

    func enter(_ view: View, server: IPAddress?) { slot.setRoad(view, server) }

    /// What the watchdog may answer with.
    func offer(_ answer: StaleAnswer) {
        slot.setText(answer.address.text.utf8)
        slot.lifetime = answer.lifetime
    }

    func end(_ result: UpcallResult, _ payload: Payload, lifetime: UInt32) {
        if payload.isText { slot.setText(payload.bytes.dropLast()) } else { slot.setText(payload.text.utf8) }
        end(result, errno: Errno(0), lifetime: lifetime)
    }

    func end(_ result: UpcallResult, _ text: String, errno: Errno, lifetime: UInt32) {
        slot.setText(text.utf8)
        end(result, errno: errno, lifetime: lifetime)
    }

    private func end(_ result: UpcallResult, errno: Errno, lifetime: UInt32) {
        guard let history else { return }
        let elapsed = elapsed
        slot.finish(
            result, errno: errno.code, lifetime: lifetime, microseconds: elapsed, time: microsecondsSinceEpoch())
        history.counters.count(slot.view, result, microseconds: elapsed)
        history.add(slot)
    }
}

/// Microseconds since 1970: clock_gettime(2), `CLOCK_REALTIME`.
func microsecondsSinceEpoch() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}
