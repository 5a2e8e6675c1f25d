import CLinux
import LinuxSystem

/// Asks DNS servers directly, to tell why getaddrinfo(3) had no answer: it reports a server that is down, one that is
/// silent and one that fails by the same `EAI_AGAIN`.
enum ServerProbe {
    /// Sends `query` to all servers and waits until each has replied, at most so many milliseconds.
    static func ask(_ servers: [IPAddress], query: DNSQuery, milliseconds: Int) -> [ServerReply] {
        var replies = [ServerReply?](repeating: nil, count: servers.count)
        var sockets: [DNSSocket?] = []
        for (index, server) in servers.enumerated() {
            do throws(Errno) {
                let socket = try DNSSocket(server: server)
                try socket.send(query.message)
                sockets.append(socket)
            } catch {
                replies[index] = .unreachable(error)
                sockets.append(nil)
            }
        }
        let end = monotonicMicroseconds() + milliseconds * 1000
        while let waiting = poll(sockets, replies, until: end) {
            for index in waiting { replies[index] = reply(on: sockets[index], to: query) }
        }
        return replies.map { $0 ?? .silent }
    }

    /// Waits for sockets without a reply, and returns those that have something to read; nil when the time is over or
    /// all have replied.
    private static func poll(_ sockets: [DNSSocket?], _ replies: [ServerReply?], until end: Int) -> [Int]? {
        guard replies.contains(nil) else { return nil }
        let rest = (end - monotonicMicroseconds()) / 1000
        guard rest > 0 else { return nil }
        var waiting = zip(sockets, replies).map { socket, reply in
            pollfd(fd: reply == nil ? socket?.descriptor ?? -1 : -1, events: Int16(POLLIN), revents: 0)
        }
        guard CLinux.poll(&waiting, nfds_t(waiting.count), Int32(rest)) > 0 else { return nil }
        return waiting.indices.filter { waiting[$0].revents != 0 }
    }

    /// Nil for a message that does not answer the query.
    private static func reply(on socket: DNSSocket?, to query: DNSQuery) -> ServerReply? {
        do throws(Errno) {
            return try socket?.receive().flatMap { query.responseCode(of: $0) }.map { .answered(responseCode: $0) }
        } catch {
            return .unreachable(error)
        }
    }
}
