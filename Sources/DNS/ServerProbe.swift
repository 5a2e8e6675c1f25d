import CLinux
import LinuxSystem

/// The outcome of asking a DNS server directly.
public enum ServerReply: Equatable, Sendable {
    /// It answered with this response code: RFC 1035, RCODE.
    case answered(responseCode: UInt8)
    case silent
    case unreachable(Errno)

    public var text: String {
        switch self {
        case .answered(0): "answers"
        case .answered(2): "answers SERVFAIL"
        case .answered(3): "answers NXDOMAIN"
        case .answered(5): "answers REFUSED"
        case .answered(let code): "answers with response code \(code)"
        case .silent: "silent"
        case .unreachable(let errno): errno.text
        }
    }
}

/// Asks DNS servers directly, to find out why getaddrinfo(3) had no answer: that reports `EAI_AGAIN` alike for a
/// server that is down, is silent or fails.
public enum ServerProbe {
    /// Asks all servers at the same time, once each, for a name's IPv4 address, and waits until all have replied or
    /// the time is up.
    public static func ask(_ servers: [IPAddress], for name: HostName, within time: Duration) -> [ServerReply] {
        let query = DNSQuery(name: DNSName(name), type: .a, identifier: UInt16(truncatingIfNeeded: getpid()))
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
        let end = Deadline(after: time)
        while let waiting = poll(sockets, replies, until: end) {
            for index in waiting { replies[index] = reply(on: sockets[index], to: query) }
        }
        return replies.map { $0 ?? .silent }
    }

    /// Waits for sockets without a reply, and returns those that are readable; nil when the time is up or all have
    /// replied.
    private static func poll(_ sockets: [DNSSocket?], _ replies: [ServerReply?], until end: Deadline) -> [Int]? {
        guard replies.contains(nil), !end.hasPassed else { return nil }
        var waiting = zip(sockets, replies).map { socket, reply in
            pollfd(fd: reply == nil ? socket?.descriptor ?? -1 : -1, events: Int16(POLLIN), revents: 0)
        }
        guard CLinux.poll(&waiting, nfds_t(waiting.count), end.pollTimeout) > 0 else { return nil }
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
