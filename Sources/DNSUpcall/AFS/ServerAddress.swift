import LinuxSystem

/// A server or one of its addresses in kafs-client.conf(5): `[udp/]host[:port]`, with brackets around an IPv6
/// address that is followed by a port.
struct ServerAddress: Equatable {
    let host: Bytes
    let port: UInt16?

    /// Nil if the server is not reached over UDP, or the text is malformed.
    init?(parsing text: Bytes) {
        var rest = text[...]
        if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            guard rest[..<slash].equals("udp") else { return nil }
            rest = rest[(slash + 1)...]
        }
        let colon = UInt8(ascii: ":")
        var digits: Bytes.SubSequence?
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let after = rest[(end + 1)...]
            guard after.isEmpty || after.first == colon else { return nil }
            if !after.isEmpty { digits = after.dropFirst() }
            rest = rest[..<end].dropFirst()
        } else if let last = rest.lastIndex(of: colon), rest.firstIndex(of: colon) == last {
            digits = rest[(last + 1)...]
            rest = rest[..<last]
        }
        guard !rest.isEmpty else { return nil }
        host = Bytes(rest)
        if let digits {
            guard let port = Self.port(digits) else { return nil }
            self.port = port
        } else {
            port = nil
        }
    }

    static func port(_ digits: some Collection<UInt8>) -> UInt16? {
        decimal(digits, atMost: Int(UInt16.max)).flatMap { $0 > 0 ? UInt16($0) : nil }
    }
}
