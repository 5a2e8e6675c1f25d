import Fuzzing
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

// A cell's servers from a CellServDB, two DNS messages and the addresses of name services, and the two formats in which
// the kernel gets them.
fuzz { content in
    var input = Input(content)
    let choice = input.byte()
    let configured = CellServDB.cell(Bytes("example.com"), in: input.block())
    let messages = [DNSMessage(parsing: input.block()), DNSMessage(parsing: input.block())]
    var search = VLServerSearch(
        questions: Records(messages: messages, input: input),
        families: [.both, .ipv4, .ipv6, .both][Int(choice & 3)])
    guard let cell = try? HostName(validating: Bytes("example.com")) else { return }
    guard let list = try? search.servers(of: cell, configured: configured) else { return }
    require(!list.servers.isEmpty, "a list that was found has servers")
    require(list.servers.contains { !$0.addresses.isEmpty }, "and addresses")
    for server in list.servers where IPAddress(server.name) == nil { requireName(server.name) }
    checkBinary(list)
    if let payload = list.text { checkText(payload) }
}

final class Records: CellQuestions {
    private let messages: [DNSMessage?]
    private var input: Input
    var hasTimeLeft: Bool { true }

    init(messages: [DNSMessage?], input: Input) {
        self.messages = messages
        self.input = input
    }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        guard let message = messages[type == .srv ? 0 : 1] else { throw .noSuchName }
        return message
    }

    func serverAddresses(of name: HostName, _ families: AddressFamilies) throws(LookupProblem) -> FoundAddresses {
        let count = input.byte()
        guard count > 0 else { throw .temporary }
        return FoundAddresses(addresses: (0..<count).map { _ in input.address() }, ttl: UInt32(input.number()))
    }
}

/// Reads the list like the kernel: fs/afs/vl_list.c.
func checkBinary(_ list: VLServerList) {
    let payload = list.binary.bytes
    require(payload.count <= 65_535, "it fits in a key")
    var rest = Input(payload)
    require(rest.bytes(3) == [0, 0, 1], "a server list of version 1")
    require(rest.byte() == list.source.rawValue && rest.byte() == list.status.rawValue, "source and status")
    let count = Int(rest.byte())
    require(count <= list.servers.count, "no more servers than there are")
    var length = 6
    func little() -> Int { Int(rest.byte()) | Int(rest.byte()) << 8 }
    for server in list.servers.prefix(count) {
        let nameLength = little()
        require(
            [little(), little(), little()] == [server.priority, server.weight, server.port].map(Int.init), "numbers"
        )
        require(rest.bytes(3) == [server.source.rawValue, server.status.rawValue, 1], "source, status, UDP")
        let addressCount = rest.byte()
        require(addressCount <= 64, "as many addresses as the kernel keeps")
        require(rest.bytes(nameLength) == server.name, "the name")
        length += 12 + nameLength
        for address in server.addresses.prefix(Int(addressCount)) {
            require(rest.byte() == (address.isIPv4 ? 0 : 1), "the kind of address")
            require(rest.bytes(address.bytes.count) == address.bytes, "the address")
            length += 1 + address.bytes.count
        }
    }
    require(length == payload.count, "nothing is missing, and nothing follows")
}

func checkText(_ payload: Payload) {
    require(payload.bytes.count <= 65_535, "it fits in a key")
    require(payload.bytes.last == 0 && !payload.bytes.dropLast().contains(0), "one NUL, at the end")
    let servers = payload.bytes.dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    for server in servers {
        let parts = server.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
        require(parts.count <= 2, "an address, perhaps a port")
        if parts.count == 2 { require(decimal(parts[1], atMost: 65_535) != nil, "a port") }
        let isBracketed = parts[0].first == UInt8(ascii: "[") && parts[0].last == UInt8(ascii: "]")
        let address = IPAddress(isBracketed ? parts[0].dropFirst().dropLast() : parts[0])
        require(address?.isIPv4 == !isBracketed, "an IPv6 address in brackets, an IPv4 address without")
    }
}
