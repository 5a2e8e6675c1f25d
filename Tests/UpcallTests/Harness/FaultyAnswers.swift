import LinuxSystem

/// Answers of ``ScriptedDNSServer`` to queries with one question.
extension ScriptedDNSServer {
    static let address = "10.10.0.2"

    /// ``address`` for every name.
    static func address(_ query: Bytes) -> Bytes? {
        reply(to: query, [record(1, [10, 10, 0, 2])])
    }

    /// An answer to another query.
    static func wrongIdentifier(_ query: Bytes) -> Bytes? {
        address(query).map { [$0[0] ^ 1] + $0.dropFirst() }
    }

    static func serverFailure(_ query: Bytes) -> Bytes? { reply(to: query, [], code: 2) }

    static func noSuchName(_ query: Bytes) -> Bytes? { reply(to: query, [], code: 3) }

    /// "Ask over TCP."
    static func truncated(_ query: Bytes) -> Bytes? {
        reply(to: query, []).map { $0.prefix(2) + [$0[2] | 2] + $0.dropFirst(3) }
    }

    /// An alias that points to itself.
    static func aliasLoop(_ query: Bytes) -> Bytes? {
        reply(to: query, [record(5, [0xC0, 0x0C])])
    }

    /// As many addresses, 10.14.0.1 and so on, as fit in a message.
    static func longest(_ query: Bytes) -> Bytes? {
        let room = 65_535 - 12 - question(of: query).count
        return reply(to: query, (1...room / 16).map { record(1, [10, 14, UInt8($0 >> 8), UInt8($0 & 255)]) })
    }

    private static func reply(to query: Bytes, _ records: [Bytes], code: UInt8 = 0) -> Bytes? {
        var reply = query.prefix(2) + [0x81, 0x80 | code, 0, 1]
        reply += [UInt8(records.count >> 8), UInt8(records.count & 255), 0, 0, 0, 0]
        return Bytes(reply + question(of: query) + Bytes(records.joined()))
    }

    private static func question(of query: Bytes) -> Bytes {
        let name = query[12...].firstIndex(of: 0) ?? query.count - 5
        return Bytes(query[12...name + 4])
    }

    /// A record of the question's name, for 30 s.
    private static func record(_ type: UInt8, _ data: Bytes) -> Bytes {
        [0xC0, 0x0C, 0, type, 0, 1, 0, 0, 0, 30, 0, UInt8(data.count)] + data
    }
}
