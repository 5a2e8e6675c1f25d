import LinuxSystem

/// The resolv.conf(5) of the private view: what the kubelet gives a Pod with the dnsPolicy `ClusterFirst`, with
/// timeouts short enough for a waiting mount.
public struct ClusterResolvConf: Equatable, Sendable {
    /// How long to wait for a server, in seconds; glibc accepts no less than one.
    static let timeout = 1
    static let attempts = 2
    /// For names with fewer dots, the search list is tried first, as in a Pod.
    static let ndots = 5
    /// The kubelet's limits on a Pod's search list (validation.MaxDNSSearchPaths, MaxDNSSearchListChars).
    static let mostSearchDomains = 32
    static let mostSearchCharacters = 2048

    public let servers: [IPAddress]
    public let search: [Bytes]

    /// - Parameter hostSearch: The search list of the host's own resolv.conf, which follows the cluster's.
    public init(servers: [IPAddress], domain: Bytes, hostSearch: [Bytes]) {
        self.servers = servers
        var search: [Bytes] = []
        var characters = 0
        for suffix in [Bytes("svc.") + domain, domain] + hostSearch where !search.contains(suffix) {
            characters += suffix.count + 1
            guard search.count < Self.mostSearchDomains, characters <= Self.mostSearchCharacters else { break }
            search.append(suffix)
        }
        self.search = search
    }

    /// The file's content.
    public var content: Bytes {
        var content = Bytes()
        for server in servers { content += "nameserver \(server.text)\n" }
        content += "search"
        for suffix in search {
            content += " "
            content += suffix
        }
        content += "\noptions ndots:\(Self.ndots) timeout:\(Self.timeout) attempts:\(Self.attempts) edns0\n"
        return content
    }
}
