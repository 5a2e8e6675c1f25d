import LinuxSystem

/// A DNS query for the IPv4 addresses of one name: RFC 1035, section 4.
struct DNSQuery {
    let identifier: UInt16
    let message: Bytes

    init(name: HostName, identifier: UInt16) {
        self.identifier = identifier
        // Recursion desired; one question.
        var message: Bytes = [UInt8(identifier >> 8), UInt8(identifier & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in name.bytes.split(separator: UInt8(ascii: ".")) {
            message.append(UInt8(label.count))
            message.append(contentsOf: label)
        }
        // The root, type A, class IN.
        message.append(contentsOf: [0, 0, 1, 0, 1])
        self.message = message
    }

    /// The response code of a message that answers this query, nil for any other message.
    func responseCode(of response: some RandomAccessCollection<UInt8>) -> UInt8? {
        guard response.count >= 12 else { return nil }
        let header = Bytes(response.prefix(4))
        guard header[0] == message[0], header[1] == message[1], header[2] & 0x80 != 0 else { return nil }
        return header[3] & 15
    }
}
