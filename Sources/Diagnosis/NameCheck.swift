import DNS
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// What a name resolves to, in the host's view and in the cluster's.
enum NameCheck {
    private static var patience: Duration { .seconds(15) }
    /// Shorter, so that what is slow is told.
    private static var lookupTime: Duration { .seconds(10) }

    static func run(_ request: Request, _ configuration: Configuration, _ cluster: ClusterDNS) -> [Finding] {
        let name = request.name
        let fullName = cluster.fullName(of: name)
        var findings: [Finding] = []
        if !cluster.servers.isEmpty {
            let finding = look(in: "cluster's", for: name) {
                enter(cluster, configuration.isolation)
                // The final dot avoids the search list.
                let full = fullName.map { $0 + [UInt8(ascii: ".")] }
                return Question(name: full ?? name.text, families: request.families, service: .dns)
            }
            findings.append(finding)
        }
        let isClusterName = fullName != nil && !cluster.servers.isEmpty
        let finding = look(in: "host's", for: name) {
            Question(name: name.text, families: request.families, service: .configured(.read()))
        }
        findings.append(finding)
        // The cluster's names must be found in its view, all others in either view.
        let isFound = findings.contains { $0.level == .good }
        return findings.enumerated().map { index, finding in
            let isNeeded = isClusterName ? index == 0 : !isFound
            return isNeeded || finding.level == .good
                ? finding : .good(finding.link, "\(finding.reason); it need not be found there")
        }
    }

    private static func enter(_ cluster: ClusterDNS, _ isolation: Isolation) {
        let resolvConf = ClusterResolvConf(servers: cluster.servers, domain: cluster.domain, hostSearch: [])
        let host = LinuxViewHost()
        guard isolation == .namespace, (try? host.enterMountNamespace(resolvConf)) != nil else {
            return host.useInProcess(resolvConf)
        }
    }

    /// - Parameter prepare: Enters the view, in a process of its own.
    private static func look(
        in view: StaticString, for name: HostName, _ prepare: () -> Question
    ) -> Finding {
        let subject = "\(escaped(name.bytes)) in the \(view) view"
        let findings = isolated(within: patience) {
            let question = prepare()
            do throws(Errno) {
                try Privileges.drop(runsPrograms: question.service != .dns)
            } catch {
                return [
                    .bad(.name, "\(subject): dropping privileges failed: \(error.text)", "is a seccomp filter set?")
                ]
            }
            let start = MonotonicTime.now
            do throws(LookupProblem) {
                let resolver = GlibcResolver(deadline: Deadline(after: lookupTime))
                let addresses = try resolver.addresses(for: question).addresses
                return [.good(.name, "\(subject): \(addresses.text), \(start.elapsed.text)")]
            } catch {
                return [.bad(.name, "\(subject): \(error.text), \(start.elapsed.text)", remedy(for: error))]
            }
        }
        return findings?.first
            ?? .bad(.name, "\(subject): no answer within 15 s", "see the DNS servers and name services above")
    }

    private static func remedy(for problem: LookupProblem) -> String {
        switch problem {
        case .noSuchName, .noData:
            "is it spelled correctly? A headless Service without a ready Pod has no address: kubectl get endpointslices"
        case .temporary, .noServerReachable, .refused: "see the DNS servers above"
        case .system, .privileges: "is the host out of memory or of open files?"
        }
    }
}
