import CLinux
import LinuxSystem

/// Asks DNS servers directly, to tell why getaddrinfo(3) had no answer: it reports a server that is down, one that is
/// silent and one that fails by the same `EAI_AGAIN`.
enum ServerProbe {
    /// Sends `query` to all servers over UDP and waits until each has replied, at most so many milliseconds.
    static func ask(_ servers: [IPAddress], query: DNSQuery, milliseconds: Int) -> [ServerReply] {
        var replies = [ServerReply](repeating: .silent, count: servers.count)
        var waiting = [pollfd](repeating: pollfd(fd: -1, events: Int16(POLLIN), revents: 0), count: servers.count)
        for (index, server) in servers.enumerated() {
            do {
                waiting[index].fd = try send(query, to: server)
            } catch {
                replies[index] = .unreachable(error)
            }
        }
        let end = monotonicMicroseconds() + milliseconds * 1000
        while waiting.contains(where: { $0.fd >= 0 }) {
            let rest = (end - monotonicMicroseconds()) / 1000
            guard rest > 0, poll(&waiting, nfds_t(waiting.count), Int32(rest)) > 0 else { break }
            for index in waiting.indices where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                guard let reply = receive(waiting[index].fd, query) else { continue }
                replies[index] = reply
                close(waiting[index].fd)
                waiting[index].fd = -1
            }
        }
        for socket in waiting where socket.fd >= 0 { close(socket.fd) }
        return replies
    }

    private static func send(_ query: DNSQuery, to server: IPAddress) throws(Errno) -> Int32 {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = try checked(CLinux.socket(server.isIPv4 ? AF_INET : AF_INET6, type, 0))
        do throws(Errno) {
            try checked(server.withSocketAddress(port: 53) { connect(socket, $0, $1) })
            try checked(query.message.withUnsafeBytes { CLinux.send(socket, $0.baseAddress, $0.count, 0) })
            return socket
        } catch {
            close(socket)
            throw error
        }
    }

    /// What a readable socket tells; nil for a message that does not answer the query.
    private static func receive(_ socket: Int32, _ query: DNSQuery) -> ServerReply? {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            let count = recv(socket, buffer.baseAddress, buffer.count, 0)
            if count < 0 { return .unreachable(Errno.last) }
            return query.responseCode(of: buffer.prefix(count)).map { .answered(responseCode: $0) }
        }
    }
}
