import DNS
import LinuxSystem

/// The cluster's DNS according to the resolv.conf(5) of a Pod with the DNS policy `ClusterFirst`.
struct SandboxResolvConf: Equatable {
    let servers: [IPAddress]
    /// In lowercase, without a dot at either end.
    let domain: Bytes

    /// Nil unless the search list begins with `NAMESPACE.svc.DOMAIN svc.DOMAIN DOMAIN`.
    init?(parsing content: Bytes) {
        let file = ResolvConfFile(parsing: content)
        let search = file.search.prefix(3).map { $0.lowercased }
        guard !file.servers.isEmpty, search.count == 3, let domain = HostName.domain(search[2]),
            search[1] == Bytes("svc.") + domain
        else { return nil }
        let namespace = search[0].prefix { $0 != UInt8(ascii: ".") }
        guard !namespace.isEmpty, search[0] == namespace + Bytes(".svc.") + domain else { return nil }
        servers = file.servers
        self.domain = domain
    }
}
