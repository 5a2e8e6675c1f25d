import CLinux
import LinuxSystem

/// A UDP socket connected to one DNS server, closed at the end of the object's life. It never blocks.
final class DNSSocket {
    /// The largest message that is read, in bytes.
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

    /// The next message; nil if none has come.
    ///
    /// - Throws: What came back instead, such as ECONNREFUSED.
    func receive() throws(Errno) -> Bytes? {
        var failure: Errno?
        let message = Bytes(unsafeUninitializedCapacity: Self.largestMessage) { buffer, count in
            let result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if result < 0 { failure = Errno.last } else { count = result }
        }
        guard let failure else { return message }
        guard failure.code == EAGAIN else { throw failure }
        return nil
    }
}
