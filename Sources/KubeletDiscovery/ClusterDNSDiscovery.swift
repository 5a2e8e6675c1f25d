import CLinux
import LinuxSystem

/// Finds the cluster's DNS as the kubelet of this node gives it to Pods.
///
/// The sources, the first that has an answer being the one:
/// 1. what the administrator set instead,
/// 2. the arguments of the running kubelet and the files they name,
/// 3. without a running kubelet, the files that one would be started with: ``WellKnownPlace``,
/// 4. the resolv.conf files of the Pods on this node.
public struct ClusterDNSDiscovery: Sendable {
    /// What the administrator set instead of the kubelet's settings.
    public struct Overrides: Equatable, Sendable {
        /// The kubelet's configuration file, instead of looking for it.
        public var kubeletConfig: Bytes?
        /// The servers, instead of the kubelet's `clusterDNS`.
        public var clusterDNS: [IPAddress]
        /// The domain, instead of the kubelet's `clusterDomain`.
        public var clusterDomain: Bytes?

        public init(kubeletConfig: Bytes? = nil, clusterDNS: [IPAddress] = [], clusterDomain: Bytes? = nil) {
            self.kubeletConfig = kubeletConfig
            self.clusterDNS = clusterDNS
            self.clusterDomain = clusterDomain
        }
    }

    private let overrides: Overrides
    private let root: Bytes

    /// - Parameter root: A directory that stands for `/`: then nothing outside it is read, and nothing is written.
    ///   The files in it may belong to whom the directory belongs to.
    public init(overrides: Overrides = Overrides(), root: Bytes = Bytes("/")) {
        self.overrides = overrides
        self.root = root
    }

    /// Looks for the settings. Never fails: what stood in the way is in ``ClusterDNS/problem``.
    public func discover() -> ClusterDNS {
        var result = ClusterDNS()
        if overrides.clusterDNS.isEmpty || overrides.clusterDomain == nil {
            do throws(FileRefusal) {
                result = found(in: try FileTree(root: root))
            } catch {
                result.problem = "\(escaped(root)): \(error.text)"
            }
        }
        if !overrides.clusterDNS.isEmpty {
            result.servers = overrides.clusterDNS
            result.sources.insert("cluster_dns", at: 0)
            result.problem = nil
        }
        if let domain = overrides.clusterDomain {
            result.domain = domain
            result.sources.append("cluster_domain")
        }
        return result
    }

    private func found(in tree: borrowing FileTree) -> ClusterDNS {
        if let path = overrides.kubeletConfig { return named(path, in: tree) }
        // What is remembered is about this machine, and what is remembered of it is written with no other root.
        let memory = root.equals("/") ? DiscoveryMemory() : nil
        let remembered = memory?.recall()
        if case .answer(let answer) = remembered, answer.holds(in: tree) {
            return ClusterDNS(
                servers: answer.servers, domain: answer.domain,
                sources: answer.sources.map { String(decoding: $0, as: UTF8.self) })
        }
        var result: ClusterDNS
        if let kubelet = KubeletSearch.find(in: tree, remembered: remembered) {
            do throws(SourceProblem) {
                if let settings = try kubelet.settings(in: tree) {
                    // That the kubelet has no DNS servers is an answer too.
                    let answer = answer(settings, of: "the kubelet, process \(kubelet.pid),")
                    if let memory { keep(answer, of: kubelet, tree.evidence, in: memory, remembered) }
                    return answer
                }
                result = ClusterDNS(problem: "process \(kubelet.pid) keeps the kubelet's settings to itself")
            } catch {
                result = ClusterDNS(problem: error.text)
            }
            if let memory { keep(result, of: kubelet, tree.evidence, in: memory, remembered) }
        } else {
            if case .nothing = remembered {} else { memory?.remember(.nothing(lastPID: Int(getpid()))) }
            result = wellKnown(in: tree)
            if !result.servers.isEmpty { return result }
        }
        if let (settings, source) = Sandboxes.settings(in: tree) {
            (result.servers, result.domain, result.sources) = (settings.servers, settings.domain, [source])
        }
        return result
    }

    /// Remembers an answer; where that cannot be, at least the process.
    private func keep(
        _ answer: ClusterDNS, of kubelet: borrowing RunningKubelet, _ evidence: Evidence,
        in memory: DiscoveryMemory,
        _ remembered: DiscoveryMemory.Content?
    ) {
        guard let startTime = kubelet.startTime else { return }
        var content = DiscoveryMemory.Content.process(pid: kubelet.pid, startTime: startTime)
        if overrides.clusterDomain == nil,
            let answer = RememberedAnswer(
                answer, pid: kubelet.pid, startTime: startTime, isInControlGroup: kubelet.isInControlGroup,
                evidence: evidence)
        {
            content = .answer(answer)
        }
        if content != remembered { memory.remember(content) }
    }

    private func named(_ path: Bytes, in tree: borrowing FileTree) -> ClusterDNS {
        var flags = KubeletFlags()
        flags.configuration = path
        do throws(SourceProblem) {
            return answer(try KubeletSettings(flags: flags, in: tree), of: escaped(path))
        } catch {
            return ClusterDNS(problem: error.text)
        }
    }

    /// What the first place with servers says; without one, the problem of the first place that is the kubelet's.
    private func wellKnown(in tree: borrowing FileTree) -> ClusterDNS {
        var result: ClusterDNS?
        var resultIsOfOtherKind = false
        for place in WellKnownPlace.all {
            let failure: ClusterDNS
            var isOtherKind = false
            do throws(SourceProblem) {
                var flags = KubeletFlags()
                for source in place.arguments { try flags.read(source, in: tree) }
                if flags.isEmpty { continue }
                let answer = answer(
                    try KubeletSettings(flags: flags, in: tree),
                    of: "the kubelet that \(place.distribution) would start")
                if !answer.servers.isEmpty { return answer }
                failure = answer
            } catch {
                failure = ClusterDNS(problem: error.text)
                isOtherKind = error.isOtherKind
            }
            if result == nil || resultIsOfOtherKind && !isOtherKind {
                result = failure
                resultIsOfOtherKind = isOtherKind
            }
        }
        return result ?? ClusterDNS()
    }

    /// Makes servers and a domain of settings. Like the kubelet it passes over what is not an address.
    private func answer(_ settings: KubeletSettings, of kubelet: String) -> ClusterDNS {
        let servers = settings.clusterDNS.lazy.compactMap { IPAddress(kubelet: $0) }.prefix(Self.mostServers)
        var answer = ClusterDNS(servers: Array(servers), sources: settings.sources)
        if answer.servers.isEmpty {
            answer.problem =
                "\(kubelet) has no \(settings.clusterDNS.isEmpty ? "" : "valid address in its ")clusterDNS"
        }
        if !settings.clusterDomain.isEmpty, overrides.clusterDomain == nil {
            if let domain = domainName(settings.clusterDomain) {
                answer.domain = domain
            } else {
                answer.servers = []
                answer.problem = "\(kubelet) has a clusterDomain that is no domain name"
            }
        }
        return answer
    }

    /// How many servers the kubelet gives a Pod: `MaxDNSNameservers` of pkg/apis/core/validation.
    private static let mostServers = 3
}
