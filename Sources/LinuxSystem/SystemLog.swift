import CLinux

/// The system's log, by its datagram socket: syslog(3) with `LOG_DAEMON` and the ident `resolver`, but never waiting
/// for a daemon that does not read. On a terminal the lines go to standard error instead.
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
    private let output: @Sendable (Severity, String) -> Void
    private let isFirstTime: @Sendable (StaticString) -> Bool

    public init(threshold: Severity) {
        self.init(threshold: threshold, output: Self.output, isFirstTime: LinuxSystem.isFirstTime)
    }

    /// - Parameters:
    ///   - output: Takes the lines in the log's place.
    ///   - isFirstTime: Whether a line with this name was never written before.
    init(
        threshold: Severity, output: @escaping @Sendable (Severity, String) -> Void,
        isFirstTime: @escaping @Sendable (StaticString) -> Bool = { _ in true }
    ) {
        self.threshold = threshold
        self.output = output
        self.isFirstTime = isFirstTime
    }

    /// Writes one line. What comes from outside must have been through ``escaped(_:limit:)``.
    public func write(_ severity: Severity, _ message: String) {
        guard severity.rawValue <= threshold.rawValue else { return }
        output(severity, message)
    }

    /// Writes a line of which one is enough until the machine starts anew: the next ones are for debugging. For that
    /// the process must be root still.
    ///
    /// - Parameter name: What such lines have in common.
    public func writeOnce(_ severity: Severity, _ name: StaticString, _ message: String) {
        write(isFirstTime(name) ? severity : .debug, message)
    }

    @Sendable private static func output(_ severity: Severity, _ message: String) {
        if isatty(STDERR_FILENO) == 1 {
            try? writeAll("resolver: \(message)\n".utf8, to: STDERR_FILENO)
        } else {
            send(datagram(severity, message))
        }
    }

    /// The message as it goes through the socket. Daemons add the time where a datagram has none.
    public static func datagram(_ severity: Severity, _ message: String) -> Bytes {
        Bytes("<\(LOG_DAEMON | severity.rawValue)>resolver[\(getpid())]: \(message)".utf8)
    }

    /// Sends a datagram to `/dev/log`, or drops it.
    public static func send(_ datagram: Bytes) {
        datagram.withUnsafeBytes { bytes in
            var part = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            send(&part, count: 1)
        }
    }

    /// Sends a datagram that stands in parts. Makes system calls only, so that a signal handler can call it.
    static func send(_ parts: UnsafeMutablePointer<iovec>, count: Int) {
        var message = msghdr()
        message.msg_iov = parts
        message.msg_iovlen = count
        if connection < 0 { connect() }
        _ = sendmsg(connection, &message, Int32(MSG_NOSIGNAL))
    }

    /// Opens the log's socket, for which root's privileges may be needed.
    public static func connect() {
        connection = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            let name: StaticString = "/dev/log"
            path.copyMemory(from: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
        withUnsafeBytes(of: &address) { address in
            let address = UnsafeRawBufferPointer(address)
            _ = CLinux.connect(
                connection, address.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
        }
    }
}

nonisolated(unsafe) private var connection: Int32 = -1
