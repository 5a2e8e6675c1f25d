import DNSUpcall
import LinuxSystem

/// Which name services of the host could answer before the cluster's DNS, and what the host's own DNS is.
enum NameServiceCheck {
    private static let largest = 1 << 16

    static func run(_ host: borrowing ExaminedHost) -> Finding {
        let switchFile = (try? host.read(Bytes("/etc/nsswitch.conf"), limit: largest)) ?? []
        let hasNSCD = host.exists("/var/run/nscd/socket")
        let services = hostServices(switchFile)
        let servers = servers(of: host)
        var bypassed = hasNSCD ? "nscd" : ""
        for service in services where !["files", "dns"].contains(where: { service.equals($0 as StaticString) }) {
            bypassed += "\(bypassed.isEmpty ? "" : ", ")\(escaped(service, limit: 40))"
        }
        if servers.contains(where: { $0.bytes == [127, 0, 0, 53] || $0.bytes == [127, 0, 0, 54] }) {
            bypassed += "\(bypassed.isEmpty ? "" : ", ")systemd-resolved"
        }
        let road =
            bypassed.isEmpty
            ? "nothing stands before DNS" : "\(bypassed) bypassed for the cluster's names, asked for all others"
        guard services.contains(where: { $0.equals("dns") || $0.equals("resolve") }) else {
            return .warning(
                .nameServices, "the hosts line of /etc/nsswitch.conf has neither dns nor resolve; \(road)",
                "add dns to that line: names of other hosts are not found")
        }
        guard !servers.isEmpty || services.contains(where: { $0.equals("resolve") }) else {
            return .warning(
                .nameServices, "\(ResolvConf.path) names no DNS server; \(road)",
                "name one there: names of other hosts are not found")
        }
        return .good(.nameServices, "\(road); the host's DNS is \(joined(servers))")
    }

    /// The servers of the host's own resolv.conf.
    static func servers(of host: borrowing ExaminedHost) -> [IPAddress] {
        ResolvConf.nameServers(of: (try? host.read(Bytes(ResolvConf.path), limit: largest)) ?? [])
    }

    /// The services of the hosts line, without the actions in brackets: nsswitch.conf(5). Those of glibc without one.
    static func hostServices(_ content: Bytes) -> [Bytes] {
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let text = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
            guard text.starts(with: "hosts:") else { continue }
            var depth = 0
            let plain = text.dropFirst(6).filter { byte in
                if byte == UInt8(ascii: "[") { depth += 1 }
                if byte == UInt8(ascii: "]") { depth -= 1 }
                return depth == 0 && byte != UInt8(ascii: "]")
            }
            return plain.split(whereSeparator: { $0.isSpace }).map(Bytes.init)
        }
        return [Bytes("files"), Bytes("dns")]
    }
}
