import CLinux

/// The system log: the journal if there is one, else syslog(3), with `LOG_DAEMON` and the ident `resolver`. It
/// never waits for a daemon that does not read. If standard error is a terminal, the lines go there instead.
public struct SystemLog: Sendable {
    /// The severities of syslog(3) that are in use.
    public enum Severity: Int32, Sendable {
        case error = 3
        case warning = 4
        case info = 6
        case debug = 7
    }

    /// The lowest severity that is written.
    public var threshold: Severity
    private let output: @Sendable (Severity, String, JournalFields) -> Void

    public init(threshold: Severity) {
        LogConnection.connect()
        self.init(threshold: threshold, output: Self.output)
    }

    /// - Parameter output: Receives the lines instead of the log.
    init(threshold: Severity, output: @escaping @Sendable (Severity, String, JournalFields) -> Void) {
        self.threshold = threshold
        self.output = output
    }

    /// Whether lines of this severity are written.
    public func isOpen(for severity: Severity) -> Bool { severity.rawValue <= threshold.rawValue }

    /// Writes one line. Text from outside must be escaped with ``escaped(_:limit:)`` first.
    public func write(_ severity: Severity, _ message: String, _ fields: JournalFields = JournalFields()) {
        guard isOpen(for: severity) else { return }
        output(severity, message, fields)
    }

    @Sendable private static func output(_ severity: Severity, _ message: String, _ fields: JournalFields) {
        if isatty(STDERR_FILENO) == 1 {
            try? writeAll("resolver: \(message)\n".utf8, to: STDERR_FILENO)
        } else {
            var datagram = datagram(severity, message, fields)
            if LogConnection.daemon == .journal { datagram += "\n" as StaticString }
            LogConnection.send(datagram)
        }
    }

    /// The message as sent to the daemon, without the final newline, so that more text can be appended.
    public static func datagram(
        _ severity: Severity, _ message: String, _ fields: JournalFields = JournalFields(),
        for daemon: LogConnection.Daemon = LogConnection.daemon
    ) -> Bytes {
        switch daemon {
        case .syslog:
            // Daemons add the time if a datagram has none.
            return Bytes("<\(LOG_DAEMON | severity.rawValue)>resolver[\(getpid())]: \(message)".utf8)
        case .journal:
            var datagram = Bytes("PRIORITY=\(severity.rawValue)\nSYSLOG_FACILITY=\(LOG_DAEMON >> 3)\n".utf8)
            datagram += "SYSLOG_IDENTIFIER=resolver\nSYSLOG_PID=\(getpid())\n"
            datagram += fields.bytes
            datagram += "MESSAGE="
            datagram += message
            return datagram
        }
    }
}
