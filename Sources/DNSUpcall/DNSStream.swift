import CLinux
import LinuxSystem

/// DNS over TCP: RFC 1035, section 4.2.2. The C library can do that too, but waits for a server without end.
public enum DNSStream {
    /// The answer of a server to a query, of any length; nil if it is not there by `end`, a time of
    /// ``monotonicMicroseconds()``.
    public static func answer(to query: DNSQuery, from server: IPAddress, until end: Int) -> Bytes? {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard let descriptor = try? checked(socket(server.isIPv4 ? AF_INET : AF_INET6, type, 0)) else { return nil }
        let socket = FileDescriptor(owning: descriptor)
        _ = server.withSocketAddress(port: 53) { connect(descriptor, $0, $1) }

        let length = query.message.count
        let message = [UInt8(length >> 8), UInt8(length & 255)] + query.message
        guard wait(for: POLLOUT, on: socket, until: end), (try? socket.write(message)) != nil else { return nil }

        var answer = Bytes()
        while wait(for: POLLIN, on: socket, until: end), let part = receive(from: socket) {
            answer += part
            guard answer.count >= 2 else { continue }
            let whole = 2 + (Int(answer[0]) << 8 | Int(answer[1]))
            if answer.count >= whole { return Bytes(answer[2..<whole]) }
        }
        return nil
    }

    private static func wait(for event: Int32, on socket: borrowing FileDescriptor, until end: Int) -> Bool {
        let rest = (end - monotonicMicroseconds() + 999) / 1000
        var waiting = pollfd(fd: socket.rawValue, events: Int16(event), revents: 0)
        return rest > 0 && poll(&waiting, 1, Int32(rest)) > 0
    }

    /// What has come; nil at the end of the stream, or when it fails.
    private static func receive(from socket: borrowing FileDescriptor) -> Bytes? {
        let descriptor = socket.rawValue
        let part = Bytes(unsafeUninitializedCapacity: 65_537) { buffer, count in
            count = max(recv(descriptor, buffer.baseAddress, buffer.count, 0), 0)
        }
        return part.isEmpty ? nil : part
    }
}
