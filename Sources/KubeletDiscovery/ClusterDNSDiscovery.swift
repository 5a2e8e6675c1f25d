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
    private let root: Bytes

    /// - Parameter root: A directory that stands for `/`, for a look at another machine's files.
    public init(overrides: Overrides = Overrides(), root: Bytes = Bytes("/")) {
        self.overrides = overrides
        self.root = root
    }

    public func discover() -> ClusterDNS {
        var result = ClusterDNS(servers: [], domain: Bytes("cluster.local"), sources: [])
        do throws(FileRefusal) {
            let tree = try FileTree(root: root)
            let path = overrides.kubeletConfig ?? Bytes("/var/lib/kubelet/config.yaml")
            let content = try tree.read(path, limit: 1 << 20)
            do throws(KubeletConfiguration.Problem) {
                let configuration = try KubeletConfiguration(parsing: content)
                result.servers = Array(
                    configuration.clusterDNS.lazy.compactMap { IPAddress(kubelet: $0) }.prefix(3))
                if !configuration.clusterDomain.isEmpty { result.domain = configuration.clusterDomain.lowercased }
                result.sources = [escaped(path)]
            } catch {
                result.problem = "\(escaped(path)): \(error.text)"
            }
        } catch {
            if case .refused(let reason) = error { result.problem = reason }
        }
        if !overrides.clusterDNS.isEmpty { result.servers = overrides.clusterDNS }
        if let domain = overrides.clusterDomain { result.domain = domain }
        return result
    }
}
