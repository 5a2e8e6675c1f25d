import CLinux
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Shows a person each step of a resolution on standard output.
struct DebugReport: UpcallObserver {
    func observe(_ event: UpcallEvent) {
        switch event {
        case .received, .rejecting:
            break
        case .request(let request):
            show("request", "\(escaped(request.name.text)), \(request.wanted)")
            for word in request.unknownWords.prefix(10) {
                show("", "callout word '\(escaped(word, limit: 40))' is unknown and ignored")
            }
        case .clusterDNS(let cluster):
            show(
                "cluster DNS",
                cluster.servers.isEmpty ? "none" : "\(cluster.list), domain \(escaped(cluster.domain))")
            for source in cluster.sources { show("", "from \(source)") }
            if let problem = cluster.problem { show("", problem) }
        case .view(let view, let reason):
            show("view", "\(view.text): \(reason.text)")
        case .resolvConf(let resolvConf):
            var title: StaticString = "resolv.conf"
            for line in resolvConf.content.split(separator: UInt8(ascii: "\n")) {
                show(title, escaped(line, limit: line.count))
                title = ""
            }
        case .isolationFailed(let problem):
            show("isolation", "no mount namespace: \(problem.text)")
            if geteuid() != 0 { show("", "root, or a system that gives users namespaces, could make one") }
        case .isolated(.namespace):
            show(
                "isolation",
                "a mount namespace\(geteuid() == 0 ? "" : ", in a user namespace since you are not root")")
        case .isolated(.process):
            show("isolation", "the resolver state of the process")
        case .lookup(let report):
            show("lookup", report.text)
            if case .success(let answer) = report.result {
                for address in answer.addresses { show("", address.text) }
            }
        case .probe(let servers, let replies):
            for (server, reply) in zip(servers, replies) { show("server", "\(server.text): \(reply.text)") }
        case .cellFiles(let isFound, let problems):
            show("cell", isFound ? "configured" : "not configured")
            for problem in problems { show("", problem.text) }
        case .recordLookup(let report):
            show("lookup", report.text)
        case .servers(let list):
            show("servers", "from \(list.source.text), \(list.status.text)")
            for server in list.servers { show(server) }
        case .noServers(let failure, let status, let seconds):
            show("failed", failure.text)
            show("answer", "a list without servers, \(status.text), for \(seconds) s")
        case .lastAnswersFailed(let problem):
            show("last answer", problem.text)
        case .offered(let answer?):
            show("last answer", "\(answer.text), if DNS does not answer within \(answer.milliseconds) ms")
            Watchdog.expect("resolver: DNS does not answer; given \(answer.text)")
        case .offered(nil):
            Watchdog.expect("resolver")
        case .stale(_, let answer):
            show("stale", answer.text)
        case .instantiated(let payload, let seconds):
            let bytes = payload.isText ? payload.bytes.dropLast() : payload.bytes[...]
            let end: StaticString = payload.isText ? "\\0" : ""
            show(
                "payload", "\(escaped(bytes, limit: bytes.count))\(end) (\(payload.bytes.count) bytes)")
            show("lifetime", "\(seconds) s")
        case .rejected(let failure, let rejection):
            show("failed", failure.text)
            show("answer", "\(rejection.name) (\(rejection.errno.text)) for \(rejection.seconds) s")
        }
    }

    private func show(_ server: VLServerList.Server) {
        show(
            "",
            "\(escaped(server.name)), port \(server.port), priority \(server.priority), weight \(server.weight):"
                + " \(server.status.text), from \(server.source.text)")
        for address in server.addresses { show("", "  \(address.text)") }
    }

    private func show(_ title: StaticString, _ text: String) {
        var line = Bytes(title)
        line += Bytes(repeating: UInt8(ascii: " "), count: 13 - line.count)
        line += text
        line += "\n"
        try? writeAll(line, to: STDOUT_FILENO)
    }
}

extension Request {
    fileprivate var wanted: String {
        let family: StaticString =
            switch families {
            case .ipv4: "IPv4"
            case .ipv6: "IPv6"
            case .both: "IPv4 or IPv6"
            }
        if queryType == .afsdb { return "the servers of an AFS cell, \(family)" }
        return wantsList ? "all addresses, \(family)" : "one address, \(family)"
    }
}

extension ClusterDNS {
    fileprivate var list: String {
        var list = ""
        for (index, server) in servers.enumerated() { list += index == 0 ? server.text : ", \(server.text)" }
        return list
    }
}
