import LinuxSystem

/// The cluster's DNS as the kubelet gives it to Pods: its settings `clusterDNS` and `clusterDomain`.
public struct ClusterDNS: Sendable {
    /// The DNS servers: the first three valid ones. Empty if there is no kubelet.
    public var servers: [IPAddress]
    /// The cluster's domain in lowercase, without a dot at either end.
    public var domain: Bytes
    /// Where the settings come from, for a person to read.
    public var sources: [String]
    /// Why the kubelet's own settings contain no servers, in a sentence. This is set even if the servers come from
    /// the Pods on the node. Nil if there is no kubelet.
    public var problem: String?
    /// Whether the search failed or did not end in time, so that nothing is known.
    public var isUnknown: Bool

    public init(
        servers: [IPAddress] = [], domain: Bytes = Bytes("cluster.local"), sources: [String] = [],
        problem: String? = nil, isUnknown: Bool = false
    ) {
        self.servers = servers
        self.domain = domain
        self.sources = sources
        self.problem = problem
        self.isUnknown = isUnknown
    }
}
