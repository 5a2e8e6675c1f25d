import LinuxSystem

/// A DNS response, read without trust in any of its bytes: RFC 1035, section 4.
public struct DNSMessage: Sendable {
    private static let headerLength = 12

    public let identifier: UInt16
    public let isResponse: Bool
    /// Whether the server left records out because the message had no room: TC.
    public let isTruncated: Bool
    /// RCODE, without the bits that EDNS adds.
    public let responseCode: UInt8
    public let answers: [DNSRecord]
    /// The addresses, among other things, that the server sends along unasked.
    public let additional: [DNSRecord]
    /// Whether some of the records that the header announces are cut off or cannot be read. Those before are good.
    public let isDamaged: Bool

    /// Nil without a whole header and readable questions.
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

    /// The records that answer a question, aliases followed, and how long the answer holds, in seconds: the smallest
    /// TTL of the records and of the aliases on the way to them. Nil without such records.
    func answer(to name: HostName, _ type: DNSRecordType) -> (records: [DNSRecord], ttl: UInt32)? {
        var owner = DNSName(name)
        var ttl = UInt32.max
        // More aliases than any resolver follows; a bound, because they may form a ring.
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

    /// How long the answer to a question for a name's addresses holds, in seconds. Nil if there are no such addresses.
    ///
    /// - Parameter type: ``DNSRecordType/a`` or ``DNSRecordType/aaaa``.
    public func addressTTL(of name: HostName, _ type: DNSRecordType) -> UInt32? {
        answer(to: name, type)?.ttl
    }
}

/// The number of a type of DNS record: RFC 1035, section 3.2.2.
public struct DNSRecordType: Equatable, Sendable {
    public let number: UInt16

    public static let a = DNSRecordType(number: 1)
    public static let cname = DNSRecordType(number: 5)
    /// RFC 1183.
    public static let afsdb = DNSRecordType(number: 18)
    /// RFC 3596.
    public static let aaaa = DNSRecordType(number: 28)
    /// RFC 2782.
    public static let srv = DNSRecordType(number: 33)
}

/// One record of a DNS response.
public struct DNSRecord: Equatable, Sendable {
    public let owner: DNSName
    public let type: DNSRecordType
    /// How long the record may be kept, in seconds. A number with the top bit set counts as zero: RFC 2181, section 8.
    public let ttl: UInt32
    public let data: Data

    public enum Data: Equatable, Sendable {
        /// A and AAAA.
        case address(IPAddress)
        /// CNAME.
        case alias(DNSName)
        case service(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
        /// AFSDB. Subtype 1 is an AFS volume location server, 2 a DCE directory server.
        case afsDatabase(subtype: UInt16, host: DNSName)
        /// A type or a class that nobody here asks for.
        case other
        /// Not what the record's type says.
        case malformed
    }
}

/// Reads a message from front to back. What cannot be read is nil, and nothing after it is read either.
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
        // The count is only a claim, and reserves nothing.
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
