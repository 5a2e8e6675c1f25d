import CLinux
import DNSUpcall
import LinuxSystem

/// The last failures in the history, which is kept with or without a journal.
enum HistoryCheck {
    /// How many failures are shown, and how old they may be, in seconds.
    private static let (mostShown, period) = (3, 3600)

    /// - Parameter start: When this check began, in seconds since 1970: its own upcalls are left out.
    static func run(_ host: borrowing ExaminedHost, before start: Int, in directory: StateDirectory = .standard)
        -> [Finding]
    {
        guard host.isRoot else {
            return [.unchecked(.history, "only root may read the history of upcalls", "run this as root")]
        }
        do throws(Errno) {
            let records = try UpcallHistory(reading: directory).records
            return findings(records.filter { $0.seconds < start }, now: start)
        } catch .init(ENOENT) {
            return [.good(.history, "no upcall since the machine was started")]
        } catch .init(EPERM) {
            return [
                .unchecked(
                    .history, "\(escaped(UpcallHistory.path)) is from another version, or not root's alone",
                    "remove it: the next upcall creates a new one")
            ]
        } catch {
            return [
                .unchecked(
                    .history, "\(escaped(UpcallHistory.path)): \(error.text)", "have the kernel ask for a name")
            ]
        }
    }

    /// One for each of the newest failures, the newest first, and only one for each name.
    static func findings(_ records: [UpcallRecord], now: Int) -> [Finding] {
        let recent = records.filter { record in
            now - record.seconds < period && !record.name.contain(UpcallCheck.marker)
        }
        let failures = recent.filter { $0.result != .found }
        guard !failures.isEmpty else {
            let count = recent.isEmpty ? "no upcall" : recent.count == 1 ? "one upcall" : "\(recent.count) upcalls"
            return [.good(.history, "\(count) within the last hour\(recent.isEmpty ? "" : ", no failure")")]
        }
        var shown: [UpcallRecord] = []
        for failure in failures.reversed() where !shown.contains(where: { $0.name == failure.name }) {
            shown.append(failure)
            if shown.count == mostShown { break }
        }
        let (first, all) = (shown[0], "\(failures.count) of \(recent.count) upcalls within the last hour failed")
        return shown.map { failure in
            let subject = failure == first ? "\(all), the last one " : ""
            return .warning(
                .history, "\(subject)\(age(now - failure.seconds)) ago: \(failure.line)", remedy(for: failure))
        }
    }

    private static func age(_ seconds: Int) -> String { seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min" }

    private static func remedy(for failure: UpcallRecord) -> String {
        "see whether it still fails: resolver --check"
            + (failure.name.isPlainWord ? " \(escaped(failure.name, limit: 260))" : " and the name")
    }
}

extension UpcallRecord {
    /// When it ended, in seconds since 1970.
    fileprivate var seconds: Int { time / 1_000_000 }
}
