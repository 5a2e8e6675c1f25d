import CLinux
import DNSUpcall
import LinuxSystem

/// Shows each step of a lookup on standard output, for a person.
final class DebugReport: UpcallObserver {
    func observe(_ step: UpcallStep, in report: UpcallReport) {
        switch step {
        case .received: break
        case .request(let request):
            show("request", "\(escaped(request.name.text)), \(request.wanted)")
            for word in request.unknownWords.prefix(10) {
                show("", "callout word '\(escaped(word, limit: 40))' is unknown and ignored")
            }
        case .clusterDNS(let cluster):
            show(
                "cluster DNS",
                cluster.servers.isEmpty
                    ? "none" : "\(cluster.servers.text), domain \(escaped(cluster.domain))")
            for source in cluster.sources { show("", "from \(source)") }
            if let problem = cluster.problem { show("", problem) }
        case .lookup(let step): show(step)
        case .cell(let step): show(step)
        case .answered(let payload, let seconds):
            let bytes = payload.isText ? payload.bytes.dropLast() : payload.bytes[...]
            let end: StaticString = payload.isText ? "\\0" : ""
            show("payload", "\(escaped(bytes, limit: bytes.count))\(end) (\(payload.bytes.count) bytes)")
            show("lifetime", "\(seconds) s")
        case .answeredWithoutServers(let problem, let status, let seconds):
            show("failed", problem.text)
            show("answer", "a list without servers, \(status.text), for \(seconds) s")
        case .rejected(let failure, let rejection):
            show("failed", failure.text)
            show("answer", "\(rejection.name) (\(rejection.errno.text)) for \(rejection.seconds) s")
        }
    }

    private func show(_ step: LookupStep) {
        switch step {
        case .view(.entered(let view, let reason)): show("view", "\(view.text): \(reason.text)")
        case .view(.resolvConf(let resolvConf)):
            var title: StaticString = "resolv.conf"
            for line in resolvConf.content.split(separator: UInt8(ascii: "\n")) {
                show(title, escaped(line, limit: line.count))
                title = ""
            }
        case .view(.isolationFailed(let problem)):
            show("isolation", "no mount namespace: \(problem.text)")
            if geteuid() != 0 { show("", "root, or a system with user namespaces for all users, could create one") }
        case .view(.isolated(.namespace)):
            show(
                "isolation",
                "a mount namespace\(geteuid() == 0 ? "" : ", in a user namespace since you are not root")")
        case .view(.isolated(.process)): show("isolation", "the resolver state of the process")
        case .addresses(let report):
            show("lookup", report.text)
            if case .success(let found) = report.result {
                for address in found.addresses { show("", address.text) }
            }
        case .probe(let servers, let replies):
            for (server, reply) in zip(servers, replies) { show("server", "\(server.text): \(reply.text)") }
        }
    }

    private func show(_ step: CellStep) {
        switch step {
        case .files(let isFound, let problems):
            show("cell", isFound ? "configured" : "not configured")
            for problem in problems { show("", problem.text) }
        case .records(let report): show("lookup", report.text)
        case .servers(let list):
            show("servers", "from \(list.source.text), \(list.status.text)")
            for server in list.servers { show(server) }
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
        let family = families.text("or")
        if queryType == .afsdb { return "the servers of an AFS cell, \(family)" }
        return wantsList ? "all addresses, \(family)" : "one address, \(family)"
    }
}
