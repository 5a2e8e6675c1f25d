import Fuzzing
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

// A CellServDB. The first line is the name of the cell to find.
fuzz { content in
    let name = Bytes(content.prefix { $0 != UInt8(ascii: "\n") })
    guard let cell = CellServDB.cell(name, in: Bytes(content.dropFirst(name.count))) else { return }
    require(cell.useDNS == nil, "the file says nothing about DNS")
    for server in cell.servers {
        if (try? HostName(validating: server.name)) == nil {
            require(IPAddress(server.name) != nil, "a name or an address")
        }
        require(server.port == 7003 && !server.addresses.isEmpty, "an address at the one port")
        requireCanonical(server.addresses)
    }
    let names = Set(cell.servers.map(\.name))
    require(names.count == cell.servers.count, "each server once")
}
