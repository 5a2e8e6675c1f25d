import LinuxSystem

/// Reports an upcall that answers a key: to the log, to the history, and to the watchdog, which reports the upcall
/// if it must end it.
public final class HandlerReport: UpcallObserver {
    private let log: UpcallLog
    private let recorder: UpcallRecorder
    private let deadline: Duration

    /// - Parameters:
    ///   - deadline: The time after which the watchdog ends the upcall.
    ///   - key: The key that waits for an answer.
    public init(log: HandlerLog, deadline: Duration, key: Int32 = 0, history: UpcallHistory? = nil) {
        self.log = UpcallLog(log: log, key: key)
        self.deadline = deadline
        recorder = UpcallRecorder(history: history, key: key)
    }

    public func observe(_ step: UpcallStep, in report: UpcallReport) {
        switch step {
        case .received(let key):
            recorder.begin(name: key.description)
            prepareLastWords(report)
        case .lookup(.view(.entered(let view, _))):
            recorder.enter(view, server: report.clusterServer)
            prepareLastWords(report)
        case .answered(let payload, let seconds):
            recorder.end(payload, lifetime: seconds, after: report.start.elapsed)
        case .answeredWithoutServers(let problem, _, let seconds):
            recorder.end(
                .lookup(problem), "\(problem.text); \(report.path)", errno: Errno(0), lifetime: seconds,
                after: report.start.elapsed)
        case .rejected(let failure, let rejection):
            // First: if the watchdog comes meanwhile, it answers the key, and the record says so.
            log.write(step, of: report)
            return recorder.end(
                failure, "\(failure.text); \(report.path)", errno: rejection.errno, lifetime: rejection.seconds,
                after: report.start.elapsed)
        default: break
        }
        log.write(step, of: report)
    }

    private func prepareLastWords(_ report: UpcallReport) {
        let seconds = deadline.components.seconds
        let message = SystemLog.datagram(
            .error, "\(report.subject): \(report.path); not answered within \(seconds) s",
            LogConnection.daemon == .journal
                ? report.fields(UpcallResult.late.name).identified(as: .cutOff) : JournalFields())
        let (recorder, log) = (recorder, log.log)
        Watchdog.prepareLastWords(message) { end in
            recorder.cutOff(end)
            return log.admitsLastWords()
        }
    }
}
