import LinuxSystem

/// The system's log as a handler may use it: all handlers together have a budget of warnings and errors. What only
/// `-v` brings is not limited.
public struct HandlerLog: Sendable {
    private let log: SystemLog
    private let budget: LogBudget?
    /// How many lines there may be in ``LogBudget/seconds``.
    private let burst: Int

    /// - Parameter history: Where the budget is kept; without it there is no limit.
    public init(log: SystemLog, history: UpcallHistory? = nil, burst: Int = Configuration().logBurst) {
        self.log = log
        budget = history?.logBudget
        self.burst = burst
    }

    /// Whether lines of this kind are written at all.
    public func isOpen(for message: LogMessage) -> Bool { log.isOpen(for: message.severity) }

    /// Writes a line if there is room for it.
    public func write(
        _ message: LogMessage, _ text: @autoclosure () -> String,
        _ fields: @autoclosure () -> JournalFields = JournalFields()
    ) {
        guard isOpen(for: message), admits(message) else { return }
        writeAdmitted(message, text(), fields())
    }

    /// Writes a line of which one is enough until the machine starts anew: the next ones are steps. For that the process
    /// must be root still.
    ///
    /// - Parameter name: What such lines have in common.
    func writeOnce(_ message: LogMessage, _ name: StaticString, _ text: String) {
        write(log.isFirst(name) ? message : .step, text)
    }

    /// Whether there is room for a line; asking uses it up.
    func admits(_ message: LogMessage) -> Bool {
        guard let budget, message.severity.rawValue <= SystemLog.Severity.warning.rawValue else { return true }
        switch budget.take(limit: burst, now: now) {
        case .write:
            tellLeftOut()
            return true
        case .leaveOutFirst:
            writeAdmitted(
                .leftOut,
                "more than \(burst) warnings and errors in \(LogBudget.seconds) s: the next ones are left out and counted;"
                    + " 'resolver --watch' shows all upcalls", JournalFields())
            return false
        case .leaveOut:
            return false
        }
    }

    /// The same in a signal handler, which tells nobody.
    func admitsLastWords() -> Bool { budget?.take(limit: burst, now: now) ?? .write == .write }

    func writeAdmitted(_ message: LogMessage, _ text: String, _ fields: JournalFields) {
        log.write(message.severity, text, fields.identified(as: message))
    }

    /// Tells how many lines were left out, if the time in which they were is over.
    func tellLeftOut() {
        guard let count = budget?.takeLeftOut(now: now), count > 0 else { return }
        writeAdmitted(
            .leftOut, "\(count) warnings and errors were left out: more than \(burst) in \(LogBudget.seconds) s",
            JournalFields())
    }

    private var now: Int { monotonicMicroseconds() / 1_000_000 }
}

extension JournalFields {
    /// These fields and the message's id.
    func identified(as message: LogMessage) -> JournalFields {
        var fields = self
        fields.add("MESSAGE_ID", message.id)
        return fields
    }
}
