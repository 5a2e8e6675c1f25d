import DNS
import LinuxSystem

extension ClusterDNS {
    /// How many servers the kubelet gives a Pod: `MaxDNSNameservers` of pkg/apis/core/validation.
    private static let mostServers = 3

    /// Checks a kubelet's settings. Like the kubelet, it skips what is not an address.
    ///
    /// - Parameters:
    ///   - kubelet: Which kubelet it is, for a person to read.
    ///   - ignoresDomain: Whether the administrator set the domain instead.
    init(_ settings: KubeletSettings, of kubelet: String, ignoresDomain: Bool) {
        let servers = settings.clusterDNS.value.lazy.compactMap { IPAddress(kubelet: $0) }
        self.init(servers: Array(servers.prefix(Self.mostServers)), sources: settings.origins)
        if self.servers.isEmpty {
            let isEmpty = settings.clusterDNS.value.isEmpty
            problem = "\(kubelet) has no \(isEmpty ? "" : "valid address in its ")clusterDNS"
        }
        guard !settings.clusterDomain.value.isEmpty, !ignoresDomain else { return }
        if let domain = HostName.domain(settings.clusterDomain.value) {
            self.domain = domain
        } else {
            self.servers = []
            problem = "\(kubelet) has an invalid clusterDomain"
        }
    }

    init(_ answer: RememberedAnswer) {
        self.init(
            servers: answer.servers, domain: answer.domain,
            sources: answer.sources.map { String(decoding: $0, as: UTF8.self) })
    }
}
