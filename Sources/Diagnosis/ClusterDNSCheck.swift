import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the cluster's DNS is found, and where.
enum ClusterDNSCheck {
    static func run(_ host: borrowing ExaminedHost, _ configuration: Configuration, root: Bytes) -> (
        ClusterDNS, Finding
    ) {
        let cluster = ClusterDNSDiscovery(overrides: configuration.discovery, root: root).discover(
            within: .seconds(5))
        return (cluster, finding(cluster, isRoot: host.isRoot))
    }

    private static let remedy = "or set cluster_dns and cluster_domain in \(Configuration.path)"

    static func finding(_ cluster: ClusterDNS, isRoot: Bool) -> Finding {
        guard !cluster.servers.isEmpty else {
            let none = "the cluster's names go to the host's DNS, which does not know them"
            guard isRoot else {
                return .unchecked(
                    .clusterDNS, "\(cluster.problem ?? "no kubelet was found") with this user's rights",
                    "run this as root")
            }
            guard let problem = cluster.problem else {
                return .bad(
                    .clusterDNS, "no kubelet is running here, and no kubelet configuration was found: \(none)",
                    "start the kubelet, or set kubelet_config to its configuration file, \(remedy)")
            }
            return .bad(
                .clusterDNS, "\(problem): \(none)", "correct the kubelet's settings or kubelet_config, \(remedy)")
        }
        var found = "\(cluster.servers.text), domain \(escaped(cluster.domain))"
        for (index, source) in cluster.sources.enumerated() { found += "\(index == 0 ? ", from" : ";") \(source)" }
        if let problem = cluster.problem {
            return .warning(
                .clusterDNS, "\(found); the kubelet's own settings gave no servers: \(problem)",
                "correct the kubelet's settings, \(remedy)")
        }
        return .good(.clusterDNS, found)
    }
}
