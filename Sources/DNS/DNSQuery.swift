import LinuxSystem

/// A DNS query for one type of record of one name: RFC 1035, section 4, with EDNS, RFC 6891.
public struct DNSQuery: Sendable {
    /// The largest UDP answer, in bytes: what passes every network unfragmented (DNS Flag Day 2020).
    static let largestAnswer: UInt16 = 1232

    let identifier: UInt16
    public let message: Bytes

    public init(name: DNSName, type: DNSRecordType, identifier: UInt16) {
        self.identifier = identifier
        // Recursion desired; one question and one additional record.
        var message: Bytes = [UInt8(identifier >> 8), UInt8(identifier & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
        message += name.wire
        // The class IN.
        message += [UInt8(type.number >> 8), UInt8(type.number & 255), 0, 1]
        // OPT, owned by the root: the class field holds the answer's size; version 0, no flags, no options.
        message += [0, 0, 41, UInt8(Self.largestAnswer >> 8), UInt8(Self.largestAnswer & 255), 0, 0, 0, 0, 0, 0]
        self.message = message
    }

    /// The message for a server that does not support EDNS: without the additional record.
    var plainMessage: Bytes {
        var plain = Bytes(message.dropLast(11))
        plain[11] = 0
        return plain
    }

    /// The response code of a message that answers this query; nil for any other message.
    func responseCode(of response: some RandomAccessCollection<UInt8>) -> UInt8? {
        guard response.count >= 12 else { return nil }
        let header = Bytes(response.prefix(4))
        guard header[0] == message[0], header[1] == message[1], header[2] & 0x80 != 0 else { return nil }
        return header[3] & 15
    }
}
