import CLinux
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Examines the whole chain from the kernel to the cluster's DNS: `resolver --check`.
public struct Diagnosis {
    /// What the arguments of a rule mean to the program.
    public enum RuleArguments {
        /// - Parameter configFile: Nil for the usual one.
        case understood(configFile: Bytes?)
        case misunderstood(reason: String)
    }

    /// The name that is looked up in the cluster's DNS if none was given: every cluster has this Service.
    private static let usualService: StaticString = "kubernetes.default.svc."

    private let root: Bytes
    private let name: Bytes?
    private let configFile: Bytes?
    private let read: ([Bytes]) -> RuleArguments

    /// - Parameters:
    ///   - root: The directory that is taken for `/`. Below any other than `/`, only files are examined.
    ///   - name: The description that a key would have.
    ///   - configFile: Used instead of the config file that the rule names.
    ///   - read: Parses the program's arguments.
    public init(root: Bytes, name: Bytes?, configFile: Bytes?, read: @escaping ([Bytes]) -> RuleArguments) {
        self.root = root
        self.name = name
        self.configFile = configFile
        self.read = read
    }

    /// Examines one link after the other.
    ///
    /// - Parameter tell: Called with each finding as soon as there is one.
    public func run(_ tell: (Finding) -> Void) {
        let host: ExaminedHost
        do {
            host = try ExaminedHost(root: root)
        } catch {
            return tell(.bad(.requestKey, "\(escaped(root)): \(error.text)", "name a directory with --root"))
        }
        for finding in KernelCheck.run(host) { tell(finding) }
        tell(ProgramCheck.requestKey(host))
        let (rule, ruleConfigFile) = examineRule(host, tell)

        let (configuration, findings) = ConfigCheck.run(host, file: configFile ?? ruleConfigFile, root: root)
        for finding in findings { tell(finding) }
        let (cluster, finding) = ClusterDNSCheck.run(host, configuration, root: root)
        tell(finding)
        tell(NameServiceCheck.run(host))
        if host.isLive { examineLive(host, configuration, cluster, rule, tell) }
    }

    /// - Returns: The winning rule, and the config file that it names for this program.
    private func examineRule(
        _ host: borrowing ExaminedHost, _ tell: (Finding) -> Void
    ) -> (RequestKeyRule?, configFile: Bytes?) {
        let result = RuleCheck.run(host, name: name ?? Bytes(Self.usualService) + Bytes("cluster.local"))
        for finding in result.findings { tell(finding) }
        guard let rule = result.winner else { return (nil, nil) }
        let command = RequestKeyCommand(rule)
        for finding in ProgramCheck.handler(command.program, host) { tell(finding) }
        tell(SecurityModuleCheck.run(host, program: command.program))
        guard result.isOurs else { return (rule, nil) }
        switch read(command.arguments(keyID: "1")) {
        case .understood(let configFile): return (rule, configFile)
        case .misunderstood(let reason):
            tell(.bad(.rule, "\(rule.place): \(reason). Every lookup fails", "correct the arguments on that line"))
            return (rule, nil)
        }
    }

    private func examineLive(
        _ host: borrowing ExaminedHost, _ configuration: Configuration, _ cluster: ClusterDNS,
        _ rule: RequestKeyRule?,
        _ tell: (Finding) -> Void
    ) {
        tell(MountCheck.run(host, configuration, cluster))
        for finding in ServerCheck.cluster(cluster) { tell(finding) }
        for finding in ServerCheck.host(NameServiceCheck.servers(of: host)) { tell(finding) }
        let name = name ?? (cluster.servers.isEmpty ? nil : Bytes(Self.usualService) + cluster.domain)
        if let name { examine(name, configuration, cluster, tell) }
        let start = time(nil)
        // Before the upcalls, which briefly leave keys of their own.
        tell(RefusedNamesCheck.run(host, name: name))
        switch KernelCheck.hasKeyType {
        case true: makeUpcalls(host, name, rule, deadline: configuration.deadline, tell)
        case nil: tell(.unchecked(.upcall, "this process may not use keys", "run this on the node itself"))
        default:
            tell(
                .unchecked(
                    .upcall, "the module dns_resolver is not loaded", "run modprobe dns_resolver, and check again"))
        }
        for finding in HistoryCheck.run(host, before: start) { tell(finding) }
        tell(LogCheck.run(host))
    }

    private func examine(
        _ name: Bytes, _ configuration: Configuration, _ cluster: ClusterDNS, _ tell: (Finding) -> Void
    ) {
        do {
            let request = try Request(description: name, callout: [])
            // A cell's servers are found in other ways; the upcall shows them.
            guard request.queryType != .afsdb else { return }
            for finding in NameCheck.run(request, configuration, cluster) { tell(finding) }
        } catch {
            tell(.bad(.name, "\(escaped(name, limit: 260)): \(error.text)", "give a valid name"))
        }
    }

    /// First a probe that shows which program answers, if the same rule as for the name matches it; then the name.
    private func makeUpcalls(
        _ host: borrowing ExaminedHost, _ name: Bytes?, _ rule: RequestKeyRule?, deadline: Duration,
        _ tell: (Finding) -> Void
    ) {
        if let rule, let probe = UpcallCheck.probe(for: rule.pattern),
            RuleCheck.run(host, name: probe).winner?.isSameLine(as: rule) == true
        {
            let (outcome, time) = UpcallCheck.request(probe, deadline: deadline)
            tell(UpcallCheck.probed(outcome, after: time))
            if case .late = outcome { return }
        }
        // Even without a rule, this shows what a requester gets.
        if let name = name ?? (rule == nil ? Bytes(Self.usualService) + Bytes("cluster.local") : nil) {
            let (outcome, time) = UpcallCheck.request(name, deadline: deadline)
            tell(UpcallCheck.answered(name, outcome, after: time))
        }
    }
}
