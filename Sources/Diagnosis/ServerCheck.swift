import CLinux
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the cluster's DNS servers answer this node, over UDP and TCP, and know the cluster.
enum ServerCheck {
    /// How long an answer is waited for, in milliseconds: what a lookup gives a server, too.
    private static let patience = 1000
    private static let seconds = 15

    static func run(_ cluster: ClusterDNS) -> [Finding] {
        // Every cluster has this Service: the API server makes it.
        let service = Bytes("kubernetes.default.svc.") + cluster.domain
        guard !cluster.servers.isEmpty, let name = try? HostName(validating: service) else { return [] }
        let findings = isolated(within: seconds) {
            // What comes from the network is read without root's rights, as in a lookup.
            guard (try? SystemLookup().dropPrivileges()) != nil else { return [] }
            return cluster.servers.map { ask($0, for: name) }
        }
        guard var findings, !findings.isEmpty else {
            return [.bad(.dnsServer, "\(joined(cluster.servers)): asking them failed", "check again")]
        }
        // Another server makes up for one that is down, after the wait for it.
        if findings.contains(where: { $0.level == .good }) {
            findings = findings.map { $0.level == .bad ? .warning($0.link, $0.reason, $0.remedy) : $0 }
        }
        return findings
    }

    private static func ask(_ server: IPAddress, for name: HostName) -> Finding {
        let start = monotonicMicroseconds()
        let reply = SystemLookup().probe([server], for: name, milliseconds: patience)[0]
        let udp = monotonicMicroseconds() - start
        let stream = streamReply(server, name)
        return finding(server, name, reply, udp: udp, stream)
    }

    /// How long an answer over TCP took, in microseconds; nil if none came.
    private static func streamReply(_ server: IPAddress, _ name: HostName) -> Int? {
        let start = monotonicMicroseconds()
        let query = DNSQuery(name: DNSName(name), type: .a, identifier: UInt16(truncatingIfNeeded: start))
        guard DNSStream.answer(to: query, from: server, until: start + patience * 1000) != nil else { return nil }
        return monotonicMicroseconds() - start
    }

    /// - Parameters:
    ///   - udp: How long the reply over UDP took, in microseconds.
    ///   - tcp: The same over TCP; nil where none came.
    static func finding(
        _ server: IPAddress, _ name: HostName, _ reply: ServerReply, udp: Int, _ tcp: Int?
    ) -> Finding {
        let address = "\(server.text) port 53"
        switch reply {
        case .silent:
            let also = tcp == nil ? "nor over TCP" : "but over TCP in \(milliseconds(tcp ?? 0))"
            return .bad(
                .dnsServer, "\(address) does not answer this node over UDP within 1 s, \(also)",
                "is it the cluster's DNS, and may the node reach it? A Service address that only Pods reach is silent"
                    + " here: set cluster_dns")
        case .unreachable(let errno):
            return .bad(
                .dnsServer, "\(address) cannot be reached: \(errno.text)",
                errno.code == ECONNREFUSED
                    ? "nothing listens there: does CoreDNS run, and is this its address?"
                    : "has the node a route to it, and does kube-proxy run?")
        case .answered(0):
            guard let tcp else {
                return .warning(
                    .dnsServer, "\(address) answers over UDP in \(milliseconds(udp)), but not over TCP",
                    "permit TCP to port 53: long answers need it")
            }
            return .good(
                .dnsServer, "\(address) answers over UDP in \(milliseconds(udp)), over TCP in \(milliseconds(tcp))")
        case .answered(3), .answered(5):
            return .bad(
                .dnsServer,
                "\(address) \(reply.text) for \(escaped(name.bytes)), which every cluster has: it is not this"
                    + " cluster's DNS, or the domain is another",
                "correct clusterDNS and clusterDomain of the kubelet, or cluster_dns and cluster_domain")
        case .answered:
            return .bad(
                .dnsServer, "\(address) \(reply.text) for \(escaped(name.bytes))",
                "look into CoreDNS's log: it may have lost the API server")
        }
    }
}
