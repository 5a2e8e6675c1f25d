import CLinux
import LinuxSystem

/// Finds the cluster's DNS as the kubelet of this node gives it to Pods.
///
/// The first of these sources that has an answer determines it:
/// 1. the administrator's settings,
/// 2. the arguments of the running kubelet, and the files they name,
/// 3. if no kubelet is running, the files with which one would be started: ``WellKnownPlace``,
/// 4. the resolv.conf files of the Pods on this node.
public struct ClusterDNSDiscovery: Sendable {
    /// The administrator's settings, which replace the kubelet's.
    public struct Overrides: Equatable, Sendable {
        /// The path of the kubelet's configuration file.
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

    /// - Parameter root: The directory to use as `/`. If it is another one, nothing outside it is read and nothing
    ///   is written. The files in it may belong to the directory's owner.
    public init(overrides: Overrides = Overrides(), root: Bytes = Bytes("/")) {
        self.overrides = overrides
        self.root = root
    }

    /// Finds the settings. If that fails, the reason is in ``ClusterDNS/problem``.
    public func discover() -> ClusterDNS {
        var result = ClusterDNS()
        if overrides.clusterDNS.isEmpty || overrides.clusterDomain == nil {
            do { result = found(in: try FileTree(root: root)) } catch {
                result.problem = SourceProblem(error).at(root).text
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
        // The memory is about this machine, not about another root.
        let memory = root.equals("/") ? DiscoveryMemory() : nil
        if case .answer(let answer) = memory?.content, answer.isValid(in: tree) { return ClusterDNS(answer) }
        guard let kubelet = KubeletSearch.find(in: tree, hint: memory?.hint) else {
            memory?.remember(.nothing(lastPID: Int(getpid())))
            let answer = wellKnown(in: tree)
            return answer.servers.isEmpty ? pods(in: tree, insteadOf: answer) : answer
        }
        do {
            // Even without any servers this is the answer.
            let answer = try running(kubelet, in: tree)
            memory?.remember(answer, of: kubelet, tree.evidence, isWhole: overrides.clusterDomain == nil)
            return answer
        } catch {
            let answer = ClusterDNS(problem: error.text)
            memory?.remember(answer, of: kubelet, tree.evidence, isWhole: false)
            return pods(in: tree, insteadOf: answer)
        }
    }

    private func running(
        _ kubelet: borrowing RunningKubelet, in tree: borrowing FileTree
    ) throws(SourceProblem) -> ClusterDNS {
        var answer = answer(try kubelet.settings(in: tree), of: "the kubelet, process \(kubelet.pid),")
        answer.sources.insert("kubelet, process \(kubelet.pid)", at: 0)
        return answer
    }

    private func named(_ path: Bytes, in tree: borrowing FileTree) -> ClusterDNS {
        var flags = KubeletFlags()
        flags.configuration = path
        do {
            return answer(try KubeletSettings(flags: flags, in: tree), of: escaped(path))
        } catch {
            return ClusterDNS(problem: error.text)
        }
    }

    /// The answer of the first place that has servers, else the problem of the first that has one. A document of
    /// another kind counts only if nothing else went wrong.
    private func wellKnown(in tree: borrowing FileTree) -> ClusterDNS {
        var failure: ClusterDNS?
        var otherKind: ClusterDNS?
        for place in WellKnownPlace.all {
            do {
                let flags = try KubeletFlags(at: place, in: tree)
                if flags.isEmpty { continue }
                let settings = try KubeletSettings(flags: flags, in: tree)
                let answer = answer(settings, of: "the kubelet that \(place.distribution) would start")
                if !answer.servers.isEmpty { return answer }
                failure = failure ?? answer
            } catch {
                let answer = ClusterDNS(problem: error.text)
                if error.isOtherKind { otherKind = otherKind ?? answer } else { failure = failure ?? answer }
            }
        }
        return failure ?? otherKind ?? ClusterDNS()
    }

    private func pods(in tree: borrowing FileTree, insteadOf answer: ClusterDNS) -> ClusterDNS {
        guard let (settings, origin) = Sandboxes.settings(in: tree) else { return answer }
        return ClusterDNS(
            servers: settings.servers, domain: settings.domain, sources: [origin], problem: answer.problem)
    }

    private func answer(_ settings: KubeletSettings, of kubelet: String) -> ClusterDNS {
        ClusterDNS(settings, of: kubelet, ignoresDomain: overrides.clusterDomain != nil)
    }
}

extension DiscoveryMemory {
    fileprivate var hint: KubeletSearch.Hint? {
        switch content {
        case .answer(let answer): .process(answer.process.pid)
        case .process(let process): .process(process.pid)
        case .nothing(let lastPID): .noneUpTo(lastPID)
        case nil: nil
        }
    }

    /// Remembers an answer, or only the process if there is no answer that can be remembered.
    ///
    /// - Parameter isWhole: Whether all of the answer comes from the kubelet.
    fileprivate func remember(
        _ answer: ClusterDNS, of kubelet: borrowing RunningKubelet, _ evidence: Evidence, isWhole: Bool
    ) {
        guard let process = kubelet.identity else { return }
        if isWhole,
            let answer = RememberedAnswer(
                process: process, isInControlGroup: kubelet.isInControlGroup, evidence: evidence,
                servers: answer.servers, domain: answer.domain, sources: answer.sources)
        {
            remember(.answer(answer))
        } else {
            remember(.process(process))
        }
    }
}
