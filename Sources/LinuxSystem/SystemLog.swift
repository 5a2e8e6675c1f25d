import CLinux

/// The system's log: the journal where there is one, else syslog(3), with `LOG_DAEMON` and the ident `resolver`. It never
/// waits for a daemon that does not read. On a terminal the lines go to standard error instead.
public struct SystemLog: Sendable {
    /// The severities of syslog(3) in use.
    public enum Severity: Int32, Sendable {
        case error = 3
        case warning = 4
        case info = 6
        case debug = 7
    }

    /// The least severe lines that are written.
    public var threshold: Severity
    private let output: @Sendable (Severity, String, JournalFields) -> Void
    private let isFirstTime: @Sendable (StaticString) -> Bool

    public init(threshold: Severity) {
        self.init(threshold: threshold, output: Self.output, isFirstTime: LinuxSystem.isFirstTime)
    }

    /// - Parameters:
    ///   - output: Takes the lines in the log's place.
    ///   - isFirstTime: Whether a line with this name was never written before.
    init(
        threshold: Severity, output: @escaping @Sendable (Severity, String, JournalFields) -> Void,
        isFirstTime: @escaping @Sendable (StaticString) -> Bool = { _ in true }
    ) {
        self.threshold = threshold
        self.output = output
        self.isFirstTime = isFirstTime
    }

    /// Whether lines of this severity are written.
    public func isOpen(for severity: Severity) -> Bool { severity.rawValue <= threshold.rawValue }

    /// Writes one line. What comes from outside must have been through ``escaped(_:limit:)``.
    public func write(_ severity: Severity, _ message: String, _ fields: JournalFields = JournalFields()) {
        guard isOpen(for: severity) else { return }
        output(severity, message, fields)
    }

    /// Whether this is the first line with this name since the machine was started. For that the process must be root
    /// still.
    ///
    /// - Parameter name: What such lines have in common, of which one is enough.
    public func isFirst(_ name: StaticString) -> Bool { isFirstTime(name) }

    @Sendable private static func output(_ severity: Severity, _ message: String, _ fields: JournalFields) {
        if isatty(STDERR_FILENO) == 1 {
            try? writeAll("resolver: \(message)\n".utf8, to: STDERR_FILENO)
        } else {
            var datagram = datagram(severity, message, fields)
            if LogConnection.daemon == .journal { datagram += "\n" as StaticString }
            LogConnection.send(datagram)
        }
    }

    /// The message as it goes to the daemon, without the line end that may follow: more text may be added to it.
    static func datagram(
        _ severity: Severity, _ message: String, _ fields: JournalFields = JournalFields(),
        for daemon: LogConnection.Daemon = LogConnection.daemon
    ) -> Bytes {
        switch daemon {
        case .syslog:
            // Daemons add the time where a datagram has none.
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
