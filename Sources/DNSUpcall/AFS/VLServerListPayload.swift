import LinuxSystem

/// The two forms in which a key carries a server list.
extension VLServerList {
    /// The number that the kernel's fs/afs/addr_list.c keeps.
    private static let mostAddresses = 64

    /// The binary list, version 1, of linux/dns_resolver.h. If there is not enough room, the least preferred
    /// servers are left out.
    public var binary: Payload {
        var records = Bytes()
        var count: UInt8 = 0
        for server in servers.prefix(Self.mostServers) {
            let record = server.binary(mostAddresses: Self.mostAddresses)
            guard records.count + record.count <= Key.largestPayload - 6 else { break }
            records += record
            count += 1
        }
        // NUL marks the payload as binary; the content is a server list, version 1.
        return Payload(bytes: [0, 0, 1, source.rawValue, status.rawValue, count] + records)
    }

    /// The text for kernels before Linux 4.20: addresses separated by commas, IPv6 in brackets, each with a port if
    /// SRV names one or it is not the default. Nil if there are no addresses.
    public var text: Payload? {
        var text = Bytes()
        all: for server in servers {
            for address in server.addresses where address.isGlobal {
                var next = Bytes()
                if !text.isEmpty { next += "," }
                next += address.isIPv4 ? address.text : "[\(address.text)]"
                if source == .srv || server.port != Server.defaultPort { next += "+\(server.port)" }
                guard text.count + next.count + 1 <= Key.largestPayload else { break all }
                text += next
            }
        }
        return text.isEmpty ? nil : Payload(bytes: text + [0])
    }
}

extension VLServerList.Server {
    /// UDP: the kernel rejects a list with any other protocol.
    private static let udp: UInt8 = 1

    fileprivate func binary(mostAddresses: Int) -> Bytes {
        let addresses = addresses.filter { $0.isGlobal }.prefix(mostAddresses)
        var record = Bytes()
        for number in [UInt16(name.count), priority, weight, port] {
            record += [UInt8(number & 255), UInt8(number >> 8)]
        }
        record += [source.rawValue, status.rawValue, Self.udp, UInt8(addresses.count)]
        record += name
        for address in addresses {
            record.append(address.isIPv4 ? 0 : 1)
            record += address.bytes
        }
        return record
    }
}

extension IPAddress {
    /// Whether the address means the same on every interface: neither form can name an interface.
    fileprivate var isGlobal: Bool { scope == 0 }
}
