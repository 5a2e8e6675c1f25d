import DNS
import DNSUpcall
import LinuxSystem

/// Which name services of the host could answer before the cluster's DNS, and which DNS the host uses.
enum NameServiceCheck {
    private static let largest = 1 << 16

    static func run(_ host: borrowing ExaminedHost) -> Finding {
        let hasNSCD = host.exists(HostServices.nscdSocket)
        let services = HostServices(
            parsing: (try? host.read(Bytes(HostServices.path), limit: largest)) ?? [], hasNSCD: hasNSCD)
        let servers = servers(of: host)
        var bypassed = hasNSCD ? "nscd" : ""
        for service in services.names
        where !["files", "dns"].contains(where: { service.equals($0 as StaticString) }) {
            bypassed += "\(bypassed.isEmpty ? "" : ", ")\(escaped(service, limit: 40))"
        }
        if servers.contains(where: { $0.bytes == [127, 0, 0, 53] || $0.bytes == [127, 0, 0, 54] }) {
            bypassed += "\(bypassed.isEmpty ? "" : ", ")systemd-resolved"
        }
        let path =
            bypassed.isEmpty
            ? "nothing is asked before DNS" : "\(bypassed) bypassed for the cluster's names, asked for all others"
        guard services.names.contains(where: { $0.equals("dns") || $0.equals("resolve") }) else {
            return .warning(
                .nameServices, "the hosts line of /etc/nsswitch.conf has neither dns nor resolve; \(path)",
                "add dns to that line: other hosts' names are not found")
        }
        guard !services.hasOthers || host.exists(Getent.path) else {
            return .warning(
                .nameServices, "\(path), but there is no \(Getent.path) to ask them with",
                "install it, or name only files and dns on the hosts line of \(HostServices.path)")
        }
        guard !servers.isEmpty || services.names.contains(where: { $0.equals("resolve") }) else {
            return .warning(
                .nameServices, "\(ResolvConfFile.path) names no DNS server; \(path)",
                "add one: other hosts' names are not found")
        }
        return .good(.nameServices, "\(path); the host's DNS is \(servers.text)")
    }

    /// The servers of the host's own resolv.conf.
    static func servers(of host: borrowing ExaminedHost) -> [IPAddress] {
        ResolvConfFile(parsing: (try? host.read(Bytes(ResolvConfFile.path), limit: largest)) ?? []).servers
    }
}
