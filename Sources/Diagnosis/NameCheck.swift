import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// What a name resolves to, in the host's view and in the cluster's.
enum NameCheck {
    private static let seconds = 15

    static func run(_ request: Request, _ configuration: Configuration, _ cluster: ClusterDNS) -> [Finding] {
        let name = request.name
        let fullName = cluster.fullName(of: name)
        var findings: [Finding] = []
        if !cluster.servers.isEmpty {
            let finding = look(in: "cluster's", for: name) {
                enter(cluster, configuration.isolation)
                // The final dot saves the detour through the search list.
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
        // The cluster's names must be found in its view, all others in one of the two.
        let isFound = findings.contains { $0.level == .good }
        return findings.enumerated().map { index, finding in
            let isNeeded = isClusterName ? index == 0 : !isFound
            return isNeeded || finding.level == .good
                ? finding : .good(finding.link, "\(finding.reason); it need not be found there")
        }
    }

    private static func enter(_ cluster: ClusterDNS, _ isolation: Isolation) {
        let resolvConf = ResolvConf(servers: cluster.servers, domain: cluster.domain, hostSearch: [])
        guard isolation == .namespace, (try? SystemLookup().enterPrivateView(resolvConf)) != nil else {
            return SystemLookup().useInProcess(resolvConf)
        }
    }

    /// - Parameter prepare: Enters the view, in a process of its own.
    private static func look(
        in view: StaticString, for name: HostName, _ prepare: () -> Question
    ) -> Finding {
        let subject = "\(escaped(name.bytes)) in the \(view) view"
        let findings = isolated(within: seconds) {
            let question = prepare()
            do throws(Errno) {
                try Privileges.drop(runsPrograms: question.service != .dns)
            } catch {
                return [
                    .bad(.name, "\(subject): dropping privileges failed: \(error.text)", "is a filter in force?")
                ]
            }
            let start = monotonicMicroseconds()
            do throws(LookupProblem) {
                let addresses = try SystemLookup().answer(to: question).addresses
                let time = milliseconds(monotonicMicroseconds() - start)
                return [.good(.name, "\(subject): \(joined(addresses)), \(time)")]
            } catch {
                let time = milliseconds(monotonicMicroseconds() - start)
                return [.bad(.name, "\(subject): \(error.text), \(time)", remedy(for: error))]
            }
        }
        return findings?.first
            ?? .bad(.name, "\(subject): no answer within \(seconds) s", "look at the servers and services above")
    }

    private static func remedy(for problem: LookupProblem) -> String {
        switch problem {
        case .noSuchName, .noData:
            "is it spelled right? A headless Service without a ready Pod has no address: kubectl get endpointslices"
        case .temporary, .noServerReachable, .refused: "see the DNS servers above"
        case .system: "is the host out of memory or of open files?"
        }
    }
}
