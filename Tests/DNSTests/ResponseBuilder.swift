import LinuxSystem

@testable import DNS

/// Writes DNS responses like a server, without compression.
struct ResponseBuilder {
    var name: String
    var type: DNSRecordType
    var responseCode: UInt8 = 0
    private var answers: [Bytes] = []
    private var additional: [Bytes] = []

    init(_ name: String, _ type: DNSRecordType) {
        self.name = name
        self.type = type
    }

    static func wire(_ name: String) -> Bytes {
        name == "." ? [0] : DNSName(HostName(name)).wire
    }

    static func record(_ owner: String, _ type: DNSRecordType, class: UInt16 = 1, ttl: UInt32, _ data: Bytes)
        -> Bytes
    {
        wire(owner) + number(type.number) + number(`class`) + number(UInt16(ttl >> 16))
            + number(UInt16(truncatingIfNeeded: ttl)) + number(UInt16(data.count)) + data
    }

    static func number(_ value: UInt16) -> Bytes { [UInt8(value >> 8), UInt8(value & 255)] }

    mutating func answer(_ owner: String, _ type: DNSRecordType, ttl: UInt32 = 60, _ data: Bytes) {
        answers.append(Self.record(owner, type, ttl: ttl, data))
    }

    mutating func address(_ owner: String, _ address: String, ttl: UInt32 = 60, isAdditional: Bool = false) {
        let bytes = IPAddress(Bytes(text: address))!.bytes
        let record = Self.record(owner, bytes.count == 4 ? .a : .aaaa, ttl: ttl, bytes)
        if isAdditional { additional.append(record) } else { answers.append(record) }
    }

    mutating func alias(_ owner: String, to target: String, ttl: UInt32 = 60) {
        answer(owner, .cname, ttl: ttl, Self.wire(target))
    }

    mutating func service(
        _ owner: String, _ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String, ttl: UInt32 = 60
    ) {
        let numbers = Self.number(priority) + Self.number(weight) + Self.number(port)
        answer(owner, .srv, ttl: ttl, numbers + Self.wire(target))
    }

    mutating func afsDatabase(_ owner: String, _ subtype: UInt16, _ host: String, ttl: UInt32 = 60) {
        answer(owner, .afsdb, ttl: ttl, Self.number(subtype) + Self.wire(host))
    }

    var bytes: Bytes {
        var message: Bytes = [0x12, 0x34, 0x85, 0x80 | responseCode, 0, 1]
        message += Self.number(UInt16(answers.count)) + [0, 0] + Self.number(UInt16(additional.count))
        message += Self.wire(name) + Self.number(type.number) + [0, 1]
        return message + answers.joined() + additional.joined()
    }

    var message: DNSMessage { DNSMessage(parsing: bytes)! }
}
