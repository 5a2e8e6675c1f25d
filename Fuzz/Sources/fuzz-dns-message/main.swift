import CLinux
import Fuzzing
import LinuxSystem

@testable import DNS

// A DNS response. The C library must read the same in it.
fuzz { content in
    guard let message = DNSMessage(parsing: content) else { return }
    let records = message.answers + message.additional
    require(records.count * 11 <= content.count, "a record has at least 11 bytes")
    for record in records {
        require(record.ttl <= Int32.max, "a TTL of 31 bits")
        check(record.owner)
        switch record.data {
        case .alias(let name), .service(_, _, _, let name), .afsDatabase(_, let name): check(name)
        case .address(let address): requireCanonical([address])
        case .other, .malformed: break
        }
    }
    if let name = message.answers.first?.owner.hostName {
        for type in [DNSRecordType.a, .aaaa, .srv, .afsdb] {
            guard let answer = message.answer(to: name, type) else { continue }
            require(!answer.records.isEmpty, "an answer has records")
            require(answer.records.allSatisfy { $0.type == type && $0.ttl >= answer.ttl }, "the smallest TTL")
        }
        let query = DNSQuery(name: DNSName(name), type: .a, identifier: message.identifier)
        require(DNSMessage(parsing: query.message)?.isDamaged == false, "a query is a message")
        require(DNSMessage(parsing: query.plainMessage)?.isDamaged == false, "a query is a message")
        if let code = query.responseCode(of: content) {
            require(message.isResponse && code == message.responseCode, "the same response code")
        }
    }
    compareWithLibrary(message, content)
}

func check(_ name: DNSName) {
    require((1...255).contains(name.wire.count), "a name of at most 255 bytes")
    var end = 0
    let again = DNSName(in: name.wire, at: 0, end: &end)
    require(again?.wire == name.wire && end == name.wire.count, "a name is read back")
    guard let hostName = name.hostName else { return }
    requireName(hostName.bytes)
    require(DNSName(hostName).wire == name.wire, "a host name is the same name")
}

/// Compares with ns_initparse(3) and ns_parserr(3), which accept some messages that we do not, and vice versa.
func compareWithLibrary(_ message: DNSMessage, _ content: Bytes) {
    content.withUnsafeBufferPointer { content in
        var handle = ns_msg()
        guard !message.isDamaged, ns_initparse(content.baseAddress, Int32(content.count), &handle) == 0 else {
            return
        }
        for (section, records) in [(ns_s_an, message.answers), (ns_s_ar, message.additional)] {
            for (index, record) in records.enumerated() {
                var other = ns_rr()
                guard ns_parserr(&handle, section, Int32(index), &other) == 0 else { return }
                compare(record, other, in: content)
            }
            var other = ns_rr()
            require(ns_parserr(&handle, section, Int32(records.count), &other) != 0, "the same number of records")
        }
    }
}

func compare(_ record: DNSRecord, _ other: ns_rr, in message: UnsafeBufferPointer<UInt8>) {
    require(record.type.number == other.type, "the same type")
    require(record.ttl == (other.ttl > UInt32(Int32.max) ? 0 : other.ttl), "the same TTL")
    let owner = withUnsafeBytes(of: other.name) { Bytes($0.prefix { $0 != 0 }) }
    require(text(record.owner) == (owner.isEmpty ? Bytes(".") : owner), "the same owner")
    let data = Bytes(UnsafeBufferPointer(start: other.rdata, count: Int(other.rdlength)))
    func name(at offset: Int) -> Bytes {
        var text = [CChar](repeating: 0, count: 1025)
        let start = other.rdata + offset
        let length = ns_name_uncompress(
            message.baseAddress, message.baseAddress! + message.count, start, &text, 1025)
        require(length == Int(other.rdlength) - offset, "the library reads the name")
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? Bytes(".") : bytes
    }
    func number(at offset: Int) -> UInt16 { UInt16(data[offset]) << 8 | UInt16(data[offset + 1]) }
    switch record.data {
    case .address(let address): require(address.bytes == data, "the same address")
    case .alias(let target): require(text(target) == name(at: 0), "the same target")
    case .service(let priority, let weight, let port, let target):
        require([priority, weight, port] == [number(at: 0), number(at: 2), number(at: 4)], "the same numbers")
        require(text(target) == name(at: 6), "the same target")
    case .afsDatabase(let subtype, let host):
        require(subtype == number(at: 0), "the same subtype")
        require(text(host) == name(at: 2), "the same host")
    case .other, .malformed: break
    }
}

/// A name as the C library writes it, with escapes.
func text(_ name: DNSName) -> Bytes {
    var text = [CChar](repeating: 0, count: 1025)
    require(ns_name_ntop(name.wire, &text, 1025) >= 0, "the library writes the name")
    return text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
}
