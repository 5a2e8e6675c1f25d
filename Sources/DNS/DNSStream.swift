import CLinux
import LinuxSystem

/// DNS over TCP: RFC 1035, section 4.2.2. The C library can do that too, but waits for a server forever.
public enum DNSStream {
    /// A server's answer to a query, of any length; nil if it has not arrived by the deadline.
    public static func answer(to query: DNSQuery, from server: IPAddress, until end: Deadline) -> Bytes? {
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

    private static func wait(for event: Int32, on socket: borrowing FileDescriptor, until end: Deadline) -> Bool {
        var waiting = pollfd(fd: socket.rawValue, events: Int16(event), revents: 0)
        return !end.hasPassed && poll(&waiting, 1, end.pollTimeout) > 0
    }

    /// The data that has arrived; nil at the end of the stream or on failure.
    private static func receive(from socket: borrowing FileDescriptor) -> Bytes? {
        let descriptor = socket.rawValue
        let part = try? Bytes(capacity: 65_537) { recv(descriptor, $0.baseAddress, $0.count, 0) }
        return part?.isEmpty ?? true ? nil : part
    }
}
