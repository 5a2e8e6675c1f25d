import CLinux
import LinuxSystem

/// Asks a DNS server for the records that getaddrinfo(3) is about to request, because getaddrinfo(3) does not
/// return their TTL. The query goes out first and its answer is read last, so that the two waits overlap.
public struct TTLQuery {
    /// How much longer than getaddrinfo(3) the answer may take. If getaddrinfo(3) took long, on a busy machine or
    /// from a busy server, this may too.
    private static var patience: ClosedRange<Duration> { .milliseconds(10) ... .milliseconds(200) }
    /// The same for an answer so long that it needs TCP: getaddrinfo(3) has just waited for the same.
    private static var streamPatience: Duration { .milliseconds(200) }

    private let server: IPAddress
    private let socket: DNSSocket
    private let name: HostName
    private let queries: [(type: DNSRecordType, query: DNSQuery)]
    private let start = MonotonicTime.now

    /// Sends the query; nil if it could not be sent.
    public init?(to server: IPAddress, for name: HostName, _ families: AddressFamilies) {
        self.server = server
        self.name = name
        var random: UInt16 = 0
        withUnsafeMutableBytes(of: &random) { _ = getrandom($0.baseAddress, $0.count, 0) }
        queries = families.recordTypes.enumerated().map { index, type in
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

    /// The smallest TTL of the records that contain `addresses`, in seconds. Nil if no records arrived, or only
    /// others: then the addresses are not from DNS.
    public func ttl(of addresses: [IPAddress]) -> UInt32? {
        var end = endOfPatience()
        var ttls: [UInt32] = []
        var waiting = queries.count
        while waiting > 0, !end.hasPassed, let response = next(until: end) {
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
                // The other answer may have arrived in the meantime.
                end = endOfPatience()
            }
            if message.holdsAny(of: addresses), let ttl = message.answer(to: name, type)?.ttl { ttls.append(ttl) }
        }
        return ttls.min()
    }

    /// Whether the server does not support EDNS. If so, asks it again without EDNS.
    public func isRefusedForEDNS() -> Bool {
        guard let response = next(until: endOfPatience()),
            let message = DNSMessage(parsing: response), message.isResponse, message.isFromServerWithoutEDNS
        else { return false }
        for (_, query) in queries { try? socket.send(query.plainMessage) }
        return true
    }

    private func endOfPatience() -> Deadline {
        let (shortest, longest) = (Self.patience.lowerBound, Self.patience.upperBound)
        return Deadline(after: min(max(start.elapsed * 4, shortest), longest))
    }

    private func wholeAnswer(to query: DNSQuery) -> DNSMessage? {
        DNSStream.answer(to: query, from: server, until: Deadline(after: Self.streamPatience))
            .flatMap(DNSMessage.init(parsing:))
    }

    private func next(until end: Deadline) -> Bytes? {
        if let message = try? socket.receive() { return message }
        var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        guard !end.hasPassed, poll(&waiting, 1, end.pollTimeout) > 0 else { return nil }
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
