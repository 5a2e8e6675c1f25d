import LinuxSystem

/// A DNS response, parsed without trusting any of its bytes: RFC 1035, section 4.
public struct DNSMessage: Sendable {
    private static let headerLength = 12

    public let identifier: UInt16
    public let isResponse: Bool
    /// Whether the server left out records that did not fit: TC.
    public let isTruncated: Bool
    /// RCODE, without the bits that EDNS adds.
    public let responseCode: UInt8
    public let answers: [DNSRecord]
    /// Records that the server adds unasked, addresses among them.
    public let additional: [DNSRecord]
    /// Whether some of the records that the header announces are cut off or unreadable. The records before them are
    /// good.
    public let isDamaged: Bool

    /// Nil unless the header is complete and the questions are readable.
    public init?(parsing bytes: Bytes) {
        guard bytes.count >= Self.headerLength else { return nil }
        var reader = DNSReader(bytes)
        identifier = reader.number()!
        let flags: UInt16 = reader.number()!
        let questionCount: UInt16 = reader.number()!
        let answerCount: UInt16 = reader.number()!
        let authorityCount: UInt16 = reader.number()!
        let additionalCount: UInt16 = reader.number()!
        isResponse = flags & 0x8000 != 0
        isTruncated = flags & 0x0200 != 0
        responseCode = UInt8(flags & 15)

        for _ in 0..<questionCount {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        answers = reader.records(answerCount)
        _ = reader.records(authorityCount)
        additional = reader.records(additionalCount)
        isDamaged = reader.hasFailed
    }

    /// The records that answer a question, following aliases, and how long the answer is valid, in seconds: the
    /// smallest TTL of the records and of the aliases that lead to them. Nil if there are no such records.
    public func answer(to name: HostName, _ type: DNSRecordType) -> (records: [DNSRecord], ttl: UInt32)? {
        var owner = DNSName(name)
        var ttl = UInt32.max
        // More aliases than any resolver follows; bounded because they may form a loop.
        for _ in 0..<64 {
            let records = answers.filter { $0.owner == owner }
            let wanted = records.filter { $0.type == type }
            if !wanted.isEmpty { return (wanted, wanted.reduce(ttl) { min($0, $1.ttl) }) }
            var target: DNSName?
            for case (.alias(let next), let aliasTTL) in records.map({ ($0.data, $0.ttl) }) where target == nil {
                target = next
                ttl = min(ttl, aliasTTL)
            }
            guard let target else { return nil }
            owner = target
        }
        return nil
    }
}

/// Reads a message from front to back. What cannot be read is nil, and nothing after it is read.
private struct DNSReader {
    private static let internetClass: UInt16 = 1

    private let bytes: Bytes
    private var position = 0
    private(set) var hasFailed = false

    init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    mutating func records(_ count: UInt16) -> [DNSRecord] {
        var records: [DNSRecord] = []
        // The count is only a claim, so it reserves no memory.
        for _ in 0..<count where !hasFailed {
            if let record = record() { records.append(record) } else { hasFailed = true }
        }
        return records
    }

    private mutating func record() -> DNSRecord? {
        guard let owner = name(), let type = number(), let recordClass = number(), let ttlHigh = number(),
            let ttlLow = number(), let length = number()
        else { return nil }
        let start = position
        guard skip(Int(length)) else { return nil }
        let ttl = UInt32(ttlHigh) << 16 | UInt32(ttlLow)
        return DNSRecord(
            owner: owner, type: DNSRecordType(number: type), ttl: ttl > UInt32(Int32.max) ? 0 : ttl,
            data: recordClass == Self.internetClass
                ? data(DNSRecordType(number: type), in: start..<position) : .other)
    }

    private func data(_ type: DNSRecordType, in range: Range<Int>) -> DNSRecord.Data {
        var data = self
        data.position = range.lowerBound
        switch type {
        case .a, .aaaa:
            guard range.count == (type == .a ? 4 : 16) else { return .malformed }
            return .address(IPAddress(networkOrder: bytes[range]))
        case .cname:
            guard let target = data.name(), data.position == range.upperBound else { return .malformed }
            return .alias(target)
        case .srv:
            guard let priority = data.number(), let weight = data.number(), let port = data.number(),
                let target = data.name(), data.position == range.upperBound
            else { return .malformed }
            return .service(priority: priority, weight: weight, port: port, target: target)
        case .afsdb:
            guard let subtype = data.number(), let host = data.name(), data.position == range.upperBound else {
                return .malformed
            }
            return .afsDatabase(subtype: subtype, host: host)
        default:
            return .other
        }
    }

    mutating func number() -> UInt16? {
        guard bytes.count - position >= 2 else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func name() -> DNSName? {
        DNSName(in: bytes, at: position, end: &position)
    }

    mutating func skip(_ count: Int) -> Bool {
        guard bytes.count - position >= count else { return false }
        position += count
        return true
    }
}
