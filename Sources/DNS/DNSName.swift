import LinuxSystem

/// A domain name in wire format, without compression: labels of any bytes, each preceded by its length, and a zero
/// for the root at the end. At most 255 bytes: RFC 1035, section 3.1.
public struct DNSName: Sendable {
    static let longest = 255

    let wire: Bytes

    public init(_ name: HostName) {
        var wire = Bytes()
        wire.reserveCapacity(name.bytes.count + 2)
        for label in name.bytes.split(separator: UInt8(ascii: ".")) {
            wire.append(UInt8(label.count))
            wire += label
        }
        self.wire = wire + [0]
    }

    /// Reads the name at `start` in a message, and sets `end` to where it ends there.
    ///
    /// A compression pointer must point to before the part of the name that it ends, as in every honest message; so
    /// pointers cannot form a loop.
    init?(in message: Bytes, at start: Int, end: inout Int) {
        // A name has at most 127 labels, and no compressor writes more than one pointer for each.
        var pointersLeft = 127
        var wire = Bytes()
        var partStart = start
        var position = start
        var endOfFirstPart: Int?
        while position < message.count {
            let length = Int(message[position])
            let next = position + 1 + length
            switch length {
            case 0:
                self.wire = wire + [0]
                end = endOfFirstPart ?? next
                return
            case 1...HostName.longestLabel:
                guard next <= message.count, wire.count + 1 + length < Self.longest else { return nil }
                wire += message[position..<next]
                position = next
            case 0xC0...0xFF:
                guard position + 1 < message.count, pointersLeft > 0 else { return nil }
                let target = (length & 0x3F) << 8 | Int(message[position + 1])
                guard target < partStart else { return nil }
                pointersLeft -= 1
                endOfFirstPart = endOfFirstPart ?? position + 2
                partStart = target
                position = target
            default:
                return nil
            }
        }
        return nil
    }

    /// Whether this is the root, which means "none" where a record must name a host.
    public var isRoot: Bool { wire.count == 1 }

    /// The name as text, if it is a valid host name.
    public var hostName: HostName? {
        var text = Bytes()
        var rest = wire[...]
        while let length = rest.popFirst(), length > 0 {
            let label = rest.prefix(Int(length))
            // As text, a dot within a label would split the label.
            guard !label.contains(UInt8(ascii: ".")) else { return nil }
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            text += label
            rest = rest.dropFirst(Int(length))
        }
        return try? HostName(validating: text)
    }
}

extension DNSName: Equatable {
    /// Ignores the case of ASCII letters: RFC 4343. A length byte is too small to be a letter.
    public static func == (left: DNSName, right: DNSName) -> Bool {
        left.wire.count == right.wire.count
            && zip(left.wire, right.wire).allSatisfy { $0.lowercased == $1.lowercased }
    }
}
