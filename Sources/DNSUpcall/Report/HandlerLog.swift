import LinuxSystem

/// The system log with the limits of a handler: all handlers share a budget of warnings and errors. Lines that
/// appear only with `-v` are not limited.
public struct HandlerLog: Sendable {
    private let log: SystemLog
    private let budget: LogBudget?
    /// The maximum number of lines in ``LogBudget/seconds``.
    private let burst: Int
    private let isFirst: @Sendable (StaticString) -> Bool

    /// - Parameters:
    ///   - budget: The budget shared by all handlers; nil for no limit.
    ///   - isFirst: Whether no line with this name has been written since the machine booted.
    public init(
        log: SystemLog, budget: LogBudget? = nil, burst: Int = Configuration().logBurst,
        isFirst: @escaping @Sendable (StaticString) -> Bool = { StateDirectory.standard.isFirst($0) }
    ) {
        self.log = log
        self.budget = budget
        self.burst = burst
        self.isFirst = isFirst
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

    /// Writes a line that is needed only once until the next reboot: later ones become steps. This requires that
    /// the process is still root.
    ///
    /// - Parameter name: The name that such lines share.
    public func writeOnce(_ message: LogMessage, _ name: StaticString, _ text: String) {
        write(isFirst(name) ? message : .step, text)
    }

    /// Whether the budget admits a line; asking uses up one line.
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

    /// The same for a signal handler, which does not report lines that were left out.
    func admitsLastWords() -> Bool { budget?.take(limit: burst, now: now) ?? .write == .write }

    func writeAdmitted(_ message: LogMessage, _ text: String, _ fields: JournalFields) {
        log.write(message.severity, text, fields.identified(as: message))
    }

    /// Logs how many lines were left out, once the period in which they were is over.
    func tellLeftOut() {
        guard let count = budget?.takeLeftOut(now: now), count > 0 else { return }
        writeAdmitted(
            .leftOut, "\(count) warnings and errors were left out: more than \(burst) in \(LogBudget.seconds) s",
            JournalFields())
    }

    private var now: Int { MonotonicTime.now.seconds }
}

extension JournalFields {
    /// These fields plus the message ID.
    func identified(as message: LogMessage) -> JournalFields {
        var fields = self
        fields.add("MESSAGE_ID", message.id)
        return fields
    }
}
