import LinuxSystem

/// The resolv.conf(5) of the private view: what the kubelet gives a Pod with the dnsPolicy `ClusterFirst`, with
/// timeouts short enough for a mount that waits.
public struct ResolvConf: Equatable, Sendable {
    /// Where the resolver reads its settings.
    public static let path: StaticString = "/etc/resolv.conf"
    /// How long a server is waited for, in seconds; glibc takes no less than one.
    static let timeout = 1
    static let attempts = 2
    /// Names with fewer dots are tried with the search list first, as in a Pod.
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

    /// The search list of a resolv.conf: the last `search` or `domain` line counts.
    public static func searchList(of content: Bytes) -> [Bytes] {
        settings(of: content) { $0.equals("search") || $0.equals("domain") }.last ?? []
    }

    /// The servers of a resolv.conf, at most the three that glibc uses (`MAXNS`).
    public static func nameServers(of content: Bytes) -> [IPAddress] {
        Array(
            settings(of: content) { $0.equals("nameserver") }.compactMap { $0.first.flatMap { IPAddress($0) } }
                .prefix(3))
    }

    /// The words after the keyword of each line whose keyword is wanted.
    private static func settings(of content: Bytes, where isWanted: (Bytes.SubSequence) -> Bool) -> [[Bytes]] {
        var settings: [[Bytes]] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(whereSeparator: { $0.isSpace })
            if let keyword = words.first, isWanted(keyword) {
                settings.append(words.dropFirst().map(Bytes.init))
            }
        }
        return settings
    }
}
