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
    ///
    /// A file or a process of the node can block this forever.
    func discover() -> ClusterDNS { discover { search($0) } }

    /// Finds the settings within a time limit. If they are not remembered, a child process with only the privileges to
    /// read searches for them. Below another root, which is the caller's own, there is no limit.
    public func discover(within time: Duration) -> ClusterDNS {
        root.equals("/") ? discover { searchInChild($0, until: Deadline(after: time)) } : discover()
    }

    private func discover(_ search: (DiscoveryMemory?) -> FoundDNS) -> ClusterDNS {
        overriding {
            let memory = memory
            if let answer = recalled(memory) { return answer }
            let found = search(memory)
            if let content = found.memory { memory?.remember(content) }
            return found.answer
        }
    }

    private func searchInChild(_ memory: DiscoveryMemory?, until deadline: Deadline) -> FoundDNS {
        let note = SharedNote()
        let isRoot = geteuid() == 0
        let output = try? ChildProcess.output(until: deadline, limit: FoundDNS.longest) { output in
            do throws(Errno) {
                try Privileges.keepReading()
                try writeAll(search(memory, note, isReadByRoot: isRoot).lines, to: output)
            } catch {
                try? writeAll(FoundDNS(error).lines, to: output)
            }
        }
        if let output, let found = FoundDNS(parsing: output.bytes) { return found }
        let place = note.map { escaped($0.text) } ?? "the search for the kubelet"
        let problem = output?.exitStatus == nil ? "takes too long to read" : "could not be read"
        return FoundDNS(answer: ClusterDNS(problem: "\(place) \(problem)", isUnknown: true))
    }

    /// Lets the administrator's settings take the place of those that `find` gives.
    private func overriding(_ find: () -> ClusterDNS) -> ClusterDNS {
        var result = ClusterDNS()
        if overrides.clusterDNS.isEmpty || overrides.clusterDomain == nil { result = find() }
        if !overrides.clusterDNS.isEmpty {
            result.servers = overrides.clusterDNS
            result.sources.insert("cluster_dns", at: 0)
            result.problem = nil
            result.isUnknown = false
        }
        if let domain = overrides.clusterDomain {
            result.domain = domain
            result.sources.append("cluster_domain")
        }
        return result
    }

    /// It is about this machine, not about another root, and about the kubelet's own settings.
    private var memory: DiscoveryMemory? {
        root.equals("/") && overrides.kubeletConfig == nil ? DiscoveryMemory() : nil
    }

    private func recalled(_ memory: DiscoveryMemory?) -> ClusterDNS? {
        guard case .answer(let answer) = memory?.content, let tree = try? FileTree(root: root),
            answer.isValid(in: tree)
        else { return nil }
        return ClusterDNS(answer)
    }

    private func search(
        _ memory: DiscoveryMemory?, _ note: SharedNote? = nil, isReadByRoot: Bool = geteuid() == 0
    ) -> FoundDNS {
        let tree: FileTree
        do { tree = try FileTree(root: root, isReadByRoot: isReadByRoot) } catch {
            return FoundDNS(answer: ClusterDNS(problem: SourceProblem(error).at(root).text))
        }
        tree.evidence.note = note
        if let path = overrides.kubeletConfig { return FoundDNS(answer: named(path, in: tree)) }
        switch KubeletSearch.find(in: tree, hint: memory?.hint) {
        case .found(let kubelet): return found(kubelet, in: tree)
        case .none: return FoundDNS(answer: withoutKubelet(in: tree), memory: .nothing(lastPID: Int(getpid())))
        // Nothing is known of the processes that were not looked at.
        case .cutOff: return FoundDNS(answer: withoutKubelet(in: tree))
        }
    }

    private func found(_ kubelet: borrowing RunningKubelet, in tree: borrowing FileTree) -> FoundDNS {
        do {
            // Even without any servers this is the answer.
            let answer = try running(kubelet, in: tree)
            let isWhole = overrides.clusterDomain == nil
            return FoundDNS(
                answer: answer, memory: content(for: answer, of: kubelet, tree.evidence, isWhole: isWhole))
        } catch {
            let answer = ClusterDNS(problem: error.text)
            let content = content(for: answer, of: kubelet, tree.evidence, isWhole: false)
            return FoundDNS(answer: pods(in: tree, insteadOf: answer), memory: content)
        }
    }

    private func withoutKubelet(in tree: borrowing FileTree) -> ClusterDNS {
        let answer = wellKnown(in: tree)
        return answer.servers.isEmpty ? pods(in: tree, insteadOf: answer) : answer
    }

    private func running(
        _ kubelet: borrowing RunningKubelet, in tree: borrowing FileTree
    ) throws(SourceProblem) -> ClusterDNS {
        var answer = answer(try kubelet.settings(in: tree), of: "the kubelet, process \(kubelet.pid),")
        answer.sources.insert("kubelet, process \(kubelet.pid)", at: 0)
        return answer
    }

    /// An answer to remember, or only the process if there is no answer that can be remembered.
    ///
    /// - Parameter isWhole: Whether all of the answer comes from the kubelet.
    private func content(
        for answer: ClusterDNS, of kubelet: borrowing RunningKubelet, _ evidence: Evidence, isWhole: Bool
    ) -> DiscoveryMemory.Content? {
        guard kubelet.isConfirmed, let process = kubelet.identity else { return nil }
        if isWhole,
            let answer = RememberedAnswer(
                process: process, isInControlGroup: kubelet.isInControlGroup, evidence: evidence,
                servers: answer.servers, domain: answer.domain, sources: answer.sources)
        {
            return .answer(answer)
        }
        return .process(process)
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
}
