import CLinux
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether DNS servers answer this node, over UDP and TCP, and whether the cluster's know the cluster.
enum ServerCheck {
    /// How long an answer is waited for, in milliseconds, and how often it is asked for over UDP: what a lookup gives a
    /// server, too.
    private static let (patience, attempts) = (1000, 2)
    private static let seconds = 20

    /// Asks the cluster's servers for a Service that every cluster has: the API server makes it.
    static func cluster(_ cluster: ClusterDNS) -> [Finding] {
        ask(cluster.servers, for: Bytes("kubernetes.default.svc.") + cluster.domain, finding)
    }

    /// Asks the host's servers. Any answer will do.
    static func host(_ servers: [IPAddress]) -> [Finding] {
        ask(servers, for: Bytes("localhost")) { server, _, reply, udp, tcp in
            hostFinding(server, reply, udp: udp, tcp)
        }
    }

    private typealias Judgement = (IPAddress, HostName, ServerReply, _ udp: Int, _ tcp: Int?) -> Finding

    private static func ask(_ servers: [IPAddress], for name: Bytes, _ judge: Judgement) -> [Finding] {
        guard !servers.isEmpty, let name = try? HostName(validating: name) else { return [] }
        let findings = isolated(within: seconds) {
            // What comes from the network is read without root's rights, as in a lookup.
            guard (try? Privileges.drop()) != nil else { return [] }
            return servers.map { server in
                let start = monotonicMicroseconds()
                let reply = datagramReply(server, name)
                return judge(server, name, reply, monotonicMicroseconds() - start, streamTime(server, name))
            }
        }
        guard var findings, !findings.isEmpty else {
            return [.bad(.dnsServer, "\(joined(servers)): asking them failed", "check again")]
        }
        // Another server makes up for one that is down, after the wait for it.
        if findings.contains(where: { $0.level == .good }) {
            findings = findings.map { $0.level == .bad ? .warning($0.link, $0.reason, $0.remedy) : $0 }
        }
        return findings
    }

    private static func datagramReply(_ server: IPAddress, _ name: HostName) -> ServerReply {
        var reply = ServerReply.silent
        for _ in 0..<attempts where reply == .silent {
            reply = SystemLookup().probe([server], for: name, milliseconds: patience)[0]
        }
        return reply
    }

    /// How long an answer over TCP took, in microseconds; nil if none came.
    private static func streamTime(_ server: IPAddress, _ name: HostName) -> Int? {
        let start = monotonicMicroseconds()
        let query = DNSQuery(name: DNSName(name), type: .a, identifier: UInt16(truncatingIfNeeded: start))
        guard DNSStream.answer(to: query, from: server, until: start + patience * attempts * 1000) != nil else {
            return nil
        }
        return monotonicMicroseconds() - start
    }

    /// - Parameters:
    ///   - udp: How long the reply over UDP took, in microseconds.
    ///   - tcp: The same over TCP; nil where none came.
    static func finding(
        _ server: IPAddress, _ name: HostName, _ reply: ServerReply, udp: Int, _ tcp: Int?
    ) -> Finding {
        let address = "the cluster's server \(server.text)"
        switch reply {
        case .silent:
            let also = tcp == nil ? "nor over TCP" : "but over TCP in \(milliseconds(tcp ?? 0))"
            return .bad(
                .dnsServer, "\(address) does not answer this node over UDP within 2 s, \(also)",
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

    static func hostFinding(_ server: IPAddress, _ reply: ServerReply, udp: Int, _ tcp: Int?) -> Finding {
        let address = "the host's server \(server.text)"
        guard case .answered = reply else {
            return .bad(
                .dnsServer, "\(address) does not answer: \(reply.text)",
                "correct \(ResolvConf.path): all names but the cluster's are asked there")
        }
        let stream = tcp.map { ", over TCP in \(milliseconds($0))" } ?? ", but not over TCP"
        return .good(.dnsServer, "\(address) answers over UDP in \(milliseconds(udp))\(stream)")
    }
}
