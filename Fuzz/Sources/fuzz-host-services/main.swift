import Fuzzing
import LinuxSystem

@testable import DNSUpcall

// nsswitch.conf, and the output of getent. The first byte says whether nscd runs.
fuzz { content in
    guard let first = content.first else { return }
    let text = Bytes(content.dropFirst())
    let services = HostServices(parsing: text, hasNSCD: first & 1 == 1)
    require(!services.hasOthers || !services.own.contains(UInt8(ascii: "[")), "an action stays with its service")
    require(!services.own.contains(UInt8(ascii: "\n")), "one line")
    for name in services.names { require(!name.isEmpty && !name.contains { $0.isSpace }, "services are words") }
    for service in services.own.split(separator: 0x20) where services.hasOthers {
        require(service.equals("files") || service.equals("dns"), "no module in the process")
    }
    for service in services.allOwn.split(separator: 0x20) {
        require(service.equals("files") || service.equals("dns"), "no module in the process")
    }

    let addresses = Getent.addresses(in: text)
    requireCanonical(addresses)
    require(addresses.allSatisfy { !$0.isIPv4Mapped }, "no IPv4-mapped address")
}
