import CLinux

/// The datagram connection to the log daemon.
public enum LogConnection {
    /// The daemon at the other end, and its format.
    public enum Daemon: Sendable {
        /// `/run/systemd/journal/socket`: journald's native protocol, lines `FIELD=value`.
        case journal
        /// `/dev/log`: RFC 3164.
        case syslog
    }

    /// The daemon that reads, once there is a connection.
    public static var daemon: Daemon { connection.daemon }

    /// Opens the log's socket unless it is open already. This may need root privileges.
    public static func connect() {
        guard connection.socket < 0 else { return }
        connection.socket = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        if connect(to: "/run/systemd/journal/socket") {
            connection.daemon = .journal
        } else {
            connection.daemon = .syslog
            _ = connect(to: "/dev/log")
        }
    }

    private static func connect(to path: StaticString) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount))
        }
        return withUnsafeBytes(of: &address) { address in
            CLinux.connect(
                connection.socket, address.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(address.count)) == 0
        }
    }

    /// Sends a datagram, or drops it.
    static func send(_ datagram: Bytes) {
        datagram.withUnsafeBytes { bytes in
            var part = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            send(&part, count: 1)
        }
    }

    /// Sends a datagram that is stored in parts. Makes only system calls, so that a signal handler can call it.
    ///
    /// It states the user ID of the sender: the kernel by itself would add the real one, for which journald would
    /// start a new file.
    static func send(_ parts: UnsafeMutablePointer<iovec>, count: Int) {
        var message = msghdr()
        message.msg_iov = parts
        message.msg_iovlen = count
        var credentials = Credentials()
        let isSent = withUnsafeMutableBytes(of: &credentials) { control in
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
            return sendmsg(connection.socket, &message, Int32(MSG_NOSIGNAL)) >= 0
        }
        if !isSent, linux_errno() == EPERM {
            message.msg_control = nil
            message.msg_controllen = 0
            _ = sendmsg(connection.socket, &message, Int32(MSG_NOSIGNAL))
        }
    }

    /// A control message with this process's ids: `SCM_CREDENTIALS` of unix(7).
    private struct Credentials {
        var length = MemoryLayout<cmsghdr>.size + 12
        var level = SOL_SOCKET
        var type: Int32 = 2
        var process = getpid()
        var user = geteuid()
        var group = getegid()
        var padding: Int32 = 0
    }
}

nonisolated(unsafe) private var connection: (socket: Int32, daemon: LogConnection.Daemon) = (-1, .syslog)
