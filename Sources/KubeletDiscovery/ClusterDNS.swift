import LinuxSystem

/// The cluster's DNS as the kubelet gives it to Pods: its settings `clusterDNS` and `clusterDomain`.
public struct ClusterDNS: Sendable {
    /// The DNS servers in use: the first three valid ones. Empty where there is no kubelet.
    public var servers: [IPAddress]
    /// The cluster's domain in small letters, without a dot at either end.
    public var domain: Bytes
    /// Where the settings came from, for a person to read.
    public var sources: [String]
    /// Why the kubelet's own settings gave no servers, in a sentence; also where the servers then came from the
    /// Pods on the node. nil where there is no kubelet either.
    public var problem: String?

    public init(
        servers: [IPAddress] = [], domain: Bytes = Bytes("cluster.local"), sources: [String] = [],
        problem: String? = nil
    ) {
        self.servers = servers
        self.domain = domain
        self.sources = sources
        self.problem = problem
    }
}
