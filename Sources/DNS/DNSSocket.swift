import CLinux
import LinuxSystem

/// A UDP socket connected to one DNS server, closed when the object's lifetime ends. It never blocks.
final class DNSSocket {
    /// The largest message to read, in bytes.
    private static let largestMessage = 4096

    let descriptor: Int32

    init(server: IPAddress) throws(Errno) {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = try checked(socket(server.isIPv4 ? AF_INET : AF_INET6, type, 0))
        try checked(server.withSocketAddress(port: 53) { connect(descriptor, $0, $1) })
    }

    deinit {
        close(descriptor)
    }

    func send(_ message: Bytes) throws(Errno) {
        try checked(message.withUnsafeBytes { CLinux.send(descriptor, $0.baseAddress, $0.count, 0) })
    }

    /// The next message; nil if none has arrived.
    ///
    /// - Throws: The error that arrived instead, such as ECONNREFUSED.
    func receive() throws(Errno) -> Bytes? {
        do {
            return try Bytes(capacity: Self.largestMessage) { recv(descriptor, $0.baseAddress, $0.count, 0) }
        } catch .init(EAGAIN) {
            return nil
        }
    }
}
