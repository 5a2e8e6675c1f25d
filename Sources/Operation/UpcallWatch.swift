import CLinux
import DNSUpcall
import LinuxSystem

/// Follows the history: each look gives the upcalls that have ended since the last one. `--watch`
public struct UpcallWatch {
    private let path: Bytes
    private let owner: uid_t
    private var history: UpcallHistory?
    private var next: UInt64 = 0
    /// When a record that is missing was first missed, in microseconds on the monotonic clock.
    private var missedSince: Int?

    /// - Parameter path: The history's file, which need not exist yet.
    public init(_ path: Bytes = Bytes(UpcallHistory.path), owner: uid_t = 0) {
        self.path = path
        self.owner = owner
        history = try? UpcallHistory(reading: path, owner: owner)
        next = history?.next ?? 0
    }

    /// - Returns: The new records, and how many others came and went between two looks.
    public mutating func look(now: Int = monotonicMicroseconds()) -> (records: [UpcallRecord], lost: Int) {
        if history == nil { history = try? UpcallHistory(reading: path, owner: owner) }
        guard let history else { return ([], 0) }
        let end = history.next
        var lost = 0
        // More than there is room for, or another file's numbers.
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
                // A handler writes it just now, or was killed while it did.
                let since = missedSince ?? now
                missedSince = since
                guard now - since >= 1_000_000 else { break }
                lost += 1
            }
            missedSince = nil
            next += 1
        }
        return (records, lost)
    }
}

extension UpcallRecord {
    /// The time of day where this machine is, and what happened: localtime_r(3).
    public var timedLine: String {
        var seconds = time_t(time / 1_000_000)
        var local = tm()
        localtime_r(&seconds, &local)
        return "\(twoDigits(local.tm_hour)):\(twoDigits(local.tm_min)):\(twoDigits(local.tm_sec)) \(line)"
    }
}

private func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
