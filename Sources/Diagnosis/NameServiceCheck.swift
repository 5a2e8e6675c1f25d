import DNSUpcall
import LinuxSystem

/// Which name services of the host could answer before the cluster's DNS, and what the host's own DNS is.
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
        let road =
            bypassed.isEmpty
            ? "nothing stands before DNS" : "\(bypassed) bypassed for the cluster's names, asked for all others"
        guard services.names.contains(where: { $0.equals("dns") || $0.equals("resolve") }) else {
            return .warning(
                .nameServices, "the hosts line of /etc/nsswitch.conf has neither dns nor resolve; \(road)",
                "add dns to that line: names of other hosts are not found")
        }
        guard !services.hasOthers || host.exists(Getent.path) else {
            return .warning(
                .nameServices, "\(road); but there is no \(Getent.path) to ask them by",
                "install it, or name only files and dns on the hosts line of \(HostServices.path)")
        }
        guard !servers.isEmpty || services.names.contains(where: { $0.equals("resolve") }) else {
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
}
