import CLinux
import DNS
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the DNS servers answer this node over UDP and TCP, and whether the cluster's know the cluster.
enum ServerCheck {
    /// How long to wait for an answer, and how often to ask over UDP: the same as in a lookup.
    private static var patience: Duration { .seconds(1) }
    private static let attempts = 2
    /// The time limit for asking all servers.
    private static var longest: Duration { .seconds(20) }

    /// Asks the cluster's servers for a Service that every cluster has: the API server creates it.
    static func cluster(_ cluster: ClusterDNS) -> [Finding] {
        ask(cluster.servers, for: Bytes("kubernetes.default.svc.") + cluster.domain, finding)
    }

    /// Asks the host's servers. Any answer will do.
    static func host(_ servers: [IPAddress]) -> [Finding] {
        ask(servers, for: Bytes("localhost")) { server, _, reply, udp, tcp in
            hostFinding(server, reply, udp: udp, tcp)
        }
    }

    private typealias Judgement = (IPAddress, HostName, ServerReply, _ udp: Duration, _ tcp: Duration?) -> Finding

    private static func ask(_ servers: [IPAddress], for name: Bytes, _ judge: Judgement) -> [Finding] {
        guard !servers.isEmpty, let name = try? HostName(validating: name) else { return [] }
        let findings = isolated(within: longest) {
            // Data from the network is read without root's rights, as in a lookup.
            guard (try? Privileges.drop()) != nil else { return [] }
            return servers.map { server in
                let start = MonotonicTime.now
                let reply = datagramReply(server, name)
                return judge(server, name, reply, start.elapsed, streamTime(server, name))
            }
        }
        guard var findings, !findings.isEmpty else {
            return [.bad(.dnsServer, "\(servers.text): asking them failed", "check again")]
        }
        // Another server makes up for one that is down, after a wait.
        if findings.contains(where: { $0.level == .good }) {
            findings = findings.map { $0.level == .bad ? .warning($0.link, $0.reason, $0.remedy) : $0 }
        }
        return findings
    }

    private static func datagramReply(_ server: IPAddress, _ name: HostName) -> ServerReply {
        var reply = ServerReply.silent
        for _ in 0..<attempts where reply == .silent {
            reply = ServerProbe.ask([server], for: name, within: patience)[0]
        }
        return reply
    }

    /// How long an answer over TCP took; nil if there was none.
    private static func streamTime(_ server: IPAddress, _ name: HostName) -> Duration? {
        let start = MonotonicTime.now
        let query = DNSQuery(
            name: DNSName(name), type: .a, identifier: UInt16(truncatingIfNeeded: start.microseconds))
        let end = Deadline(at: start + patience * attempts)
        return DNSStream.answer(to: query, from: server, until: end) == nil ? nil : start.elapsed
    }

    /// - Parameters:
    ///   - udp: How long the reply over UDP took.
    ///   - tcp: The same over TCP; nil if there was none.
    static func finding(
        _ server: IPAddress, _ name: HostName, _ reply: ServerReply, udp: Duration, _ tcp: Duration?
    ) -> Finding {
        let address = "the cluster's server \(server.text)"
        switch reply {
        case .silent:
            let also = tcp == nil ? "nor over TCP" : "but over TCP in \((tcp ?? .zero).text)"
            return .bad(
                .dnsServer, "\(address) does not answer this node over UDP within 2 s, \(also)",
                "is it the cluster's DNS, and can the node reach it? A Service address that only Pods reach is silent"
                    + " here: set cluster_dns")
        case .unreachable(let errno):
            return .bad(
                .dnsServer, "\(address) cannot be reached: \(errno.text)",
                errno.code == ECONNREFUSED
                    ? "nothing listens there: is CoreDNS running, and is this its address?"
                    : "does the node have a route to it, and is kube-proxy running?")
        case .answered(0):
            guard let tcp else {
                return .warning(
                    .dnsServer, "\(address) answers over UDP in \(udp.text), but not over TCP",
                    "allow TCP to port 53: long answers need it")
            }
            return .good(
                .dnsServer, "\(address) answers over UDP in \(udp.text), over TCP in \(tcp.text)")
        case .answered(3), .answered(5):
            return .bad(
                .dnsServer,
                "\(address) \(reply.text) for \(escaped(name.bytes)), which every cluster has: it is not this"
                    + " cluster's DNS, or the domain is a different one",
                "correct the kubelet's clusterDNS and clusterDomain, or cluster_dns and cluster_domain")
        case .answered:
            return .bad(
                .dnsServer, "\(address) \(reply.text) for \(escaped(name.bytes))",
                "see CoreDNS's log: it may have lost the API server")
        }
    }

    static func hostFinding(_ server: IPAddress, _ reply: ServerReply, udp: Duration, _ tcp: Duration?) -> Finding {
        let address = "the host's server \(server.text)"
        guard case .answered = reply else {
            return .bad(
                .dnsServer, "\(address) does not answer: \(reply.text)",
                "correct \(ResolvConfFile.path): all names but the cluster's are asked there")
        }
        let stream = tcp.map { ", over TCP in \($0.text)" } ?? ", but not over TCP"
        return .good(.dnsServer, "\(address) answers over UDP in \(udp.text)\(stream)")
    }
}
