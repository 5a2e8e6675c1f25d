import LinuxSystem

/// What a Pod's resolv.conf tells of the cluster's DNS, where its DNS policy is `ClusterFirst`.
struct SandboxResolvConf: Equatable {
    let servers: [IPAddress]
    let domain: Bytes

    /// nil where the search list does not begin with `<ns>.svc.<domain> svc.<domain> <domain>`.
    init?(parsing content: Bytes) {
        var servers: [IPAddress] = []
        var search: [Bytes] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let words = words(line.prefix(4096))
            guard let keyword = words.first else { continue }
            if keyword.equals("nameserver"), words.count > 1, servers.count < 3, let server = IPAddress(words[1]) {
                servers.append(server)
            } else if keyword.equals("search") {
                search = words.dropFirst().prefix(3).map { $0 }
            }
        }
        guard !servers.isEmpty, search.count == 3, let domain = domainName(search[2]),
            search[1].lowercased == Bytes("svc.") + domain
        else { return nil }
        let namespace = search[0].lowercased.prefix { $0 != UInt8(ascii: ".") }
        guard !namespace.isEmpty, search[0].lowercased == namespace + Bytes(".svc.") + domain else { return nil }
        self.servers = servers
        self.domain = domain
    }
}
