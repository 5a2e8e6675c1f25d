import CLinux
import LinuxSystem

/// Asks a DNS server for the records that getaddrinfo(3) is about to ask for, since that keeps their TTL to itself.
/// The query goes out first and its answer is read last, so that both waits are one.
struct TTLQuery {
    /// How much longer than getaddrinfo(3) the answer may take, in milliseconds. Where that took long itself, on a busy
    /// machine or from a busy server, so may this.
    private static let patience = 10...200
    /// The same where the answer is so long that it takes TCP: getaddrinfo(3) has just waited for as much.
    private static let streamPatience = 200

    private let server: IPAddress
    private let socket: DNSSocket
    private let name: HostName
    private let queries: [(type: DNSRecordType, query: DNSQuery)]
    private let started = monotonicMicroseconds()

    /// Sends the query; nil if it could not be sent.
    init?(to server: IPAddress, for name: HostName, _ families: Request.Families) {
        self.server = server
        self.name = name
        let types: [DNSRecordType] =
            switch families {
            case .ipv4: [.a]
            case .ipv6: [.aaaa]
            case .both: [.a, .aaaa]
            }
        var random: UInt16 = 0
        withUnsafeMutableBytes(of: &random) { _ = getrandom($0.baseAddress, $0.count, 0) }
        queries = types.enumerated().map { index, type in
            let identifier = random &+ UInt16(index)
            return (type, DNSQuery(name: DNSName(name), type: type, identifier: identifier))
        }
        do throws(Errno) {
            socket = try DNSSocket(server: server)
            for (_, query) in queries { try socket.send(query.message) }
        } catch {
            return nil
        }
    }

    /// The smallest TTL of the records that hold `addresses`, in seconds. Nil if none came, or other ones: then the
    /// addresses are not from DNS.
    func ttl(of addresses: [IPAddress]) -> UInt32? {
        var end = endOfPatience()
        var ttls: [UInt32] = []
        var waiting = queries.count
        while waiting > 0, monotonicMicroseconds() < end, let response = next(until: end) {
            guard var message = DNSMessage(parsing: response), message.isResponse,
                let (type, query) = queries.first(where: { $0.query.identifier == message.identifier })
            else { continue }
            if message.isFromServerWithoutEDNS {
                try? socket.send(query.plainMessage)
                continue
            }
            waiting -= 1
            if message.isTruncated {
                if let whole = wholeAnswer(to: query) { message = whole }
                // The other answer may have come in the meantime.
                end = endOfPatience()
            }
            if message.holdsAny(of: addresses), let ttl = message.addressTTL(of: name, type) { ttls.append(ttl) }
        }
        return ttls.min()
    }

    /// Whether the server does not know EDNS. Then it is asked again in a way that it knows.
    func isRefusedForEDNS() -> Bool {
        guard let response = next(until: endOfPatience()),
            let message = DNSMessage(parsing: response), message.isResponse, message.isFromServerWithoutEDNS
        else { return false }
        for (_, query) in queries { try? socket.send(query.plainMessage) }
        return true
    }

    private func endOfPatience() -> Int {
        let now = monotonicMicroseconds()
        return now + min(max(4 * (now - started), Self.patience.lowerBound * 1000), Self.patience.upperBound * 1000)
    }

    private func wholeAnswer(to query: DNSQuery) -> DNSMessage? {
        let end = monotonicMicroseconds() + Self.streamPatience * 1000
        return DNSStream.answer(to: query, from: server, until: end).flatMap(DNSMessage.init(parsing:))
    }

    private func next(until end: Int) -> Bytes? {
        if let message = try? socket.receive() { return message }
        let rest = (end - monotonicMicroseconds() + 999) / 1000
        var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        guard rest > 0, poll(&waiting, 1, Int32(rest)) > 0 else { return nil }
        return try? socket.receive()
    }
}

extension DNSMessage {
    /// FORMERR or NOTIMP: RFC 6891, section 7.
    fileprivate var isFromServerWithoutEDNS: Bool { responseCode == 1 || responseCode == 4 }

    fileprivate func holdsAny(of addresses: [IPAddress]) -> Bool {
        answers.contains { record in
            if case .address(let address) = record.data { addresses.contains(address) } else { false }
        }
    }
}
