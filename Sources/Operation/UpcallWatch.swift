import CLinux
import DNSUpcall
import LinuxSystem

/// Follows the history; each look returns the upcalls that ended since the last one: `--watch`.
public struct UpcallWatch {
    private let directory: StateDirectory
    private var history: UpcallHistory?
    private var next: UInt64 = 0
    /// When the missing record was first missed.
    private var missedSince: MonotonicTime?

    /// How long to wait for a record whose handler has taken its number, but has not written it yet.
    private static var patience: Duration { .seconds(1) }

    /// - Parameter directory: Where the history is; it need not exist yet.
    public init(_ directory: StateDirectory = .standard) {
        self.directory = directory
        history = try? UpcallHistory(reading: directory)
        next = history?.next ?? 0
    }

    /// - Returns: The new records, and how many others came and went between two looks.
    public mutating func look(now: MonotonicTime = .now) -> (records: [UpcallRecord], lost: Int) {
        if history == nil { history = try? UpcallHistory(reading: directory) }
        guard let history else { return ([], 0) }
        let end = history.next
        var lost = 0
        // More upcalls than there is room for, or the numbers of another file.
        if end < next || end - next > UInt64(UpcallHistory.capacity) {
            let first = end - min(end, UInt64(UpcallHistory.capacity))
            lost = end < next ? 0 : Int(clamping: first - next)
            next = first
        }
        var records: [UpcallRecord] = []
        while next < end {
            if let record = history.record(next) {
                records.append(record)
            } else {
                // A handler is writing it right now, or was killed while doing so.
                let since = missedSince ?? now
                missedSince = since
                guard now - since >= Self.patience else { break }
                lost += 1
            }
            missedSince = nil
            next += 1
        }
        return (records, lost)
    }
}

extension UpcallRecord {
    /// The local time of day, and what happened: localtime_r(3).
    public var timedLine: String {
        var seconds = time_t(time / 1_000_000)
        var local = tm()
        localtime_r(&seconds, &local)
        return "\(twoDigits(local.tm_hour)):\(twoDigits(local.tm_min)):\(twoDigits(local.tm_sec)) \(line)"
    }
}

private func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
