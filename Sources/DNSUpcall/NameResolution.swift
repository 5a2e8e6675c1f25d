import KubeletDiscovery
import LinuxSystem

/// Finds a name's addresses: chooses the view, enters it, and asks there.
struct NameResolution<Lookup: NameLookup, Observer: UpcallObserver> {
    /// How long a server may take to show, when asked directly, that it is there. In milliseconds.
    private static var probeTime: Int { 200 }

    let lookup: Lookup
    let cluster: ClusterDNS
    let configuration: Configuration
    var observer: Observer
    /// Where the answers to the request are kept; nil where they are not.
    var lastAnswers: LastAnswers?

    mutating func answer(to request: Request) throws(Failure) -> Answer {
        if request.server != nil {
            return try clusterAnswer(
                to: request, fullName: cluster.fullName(of: request.name) ?? request.name.bytes,
                reason: .requestedServer)
        }
        guard !cluster.servers.isEmpty else {
            return try hostAnswer(to: request, reason: .noClusterDNS)
        }
        if let fullName = cluster.fullName(of: request.name) {
            return try clusterAnswer(to: request, fullName: fullName, reason: .clusterName)
        }
        do {
            return try hostAnswer(to: request, reason: .hostName)
        } catch {
            // What the host says stands, unless the cluster knows the name.
            guard case .lookup(let problem) = error, let answer = clusterAnswer(toHostName: request, after: problem)
            else { throw error }
            return answer
        }
    }

    private mutating func hostAnswer(to request: Request, reason: ViewReason) throws(Failure) -> Answer {
        observer.observe(.view(.host, reason: reason))
        let services = lookup.hostServices()
        try dropPrivileges(runsPrograms: services.hasOthers)
        let resolvConf = lookup.hostResolvConf()
        let servers = ResolvConf.nameServers(of: resolvConf)
        let fullName = completed(request.name, ResolvConf.searchList(of: resolvConf))
        do {
            return try ask(request.name.text, request, .configured(services), (servers, fullName))
        } catch {
            throw .lookup(diagnosed(error, request.name, servers: servers).problem)
        }
    }

    private mutating func clusterAnswer(
        to request: Request, fullName: Bytes, reason: ViewReason
    ) throws(Failure) -> Answer {
        observer.observe(.view(.cluster, reason: reason))
        openLastAnswers(for: fullName, request)
        isolate(by: configuration.isolation)
        try dropPrivileges()
        if let answer = try? ask(request.name.bytes, request, .files) {
            lastAnswers = nil
            return answer
        }
        do {
            // The final dot saves the detour through the search list.
            return try ask(fullName + [UInt8(ascii: ".")], request, .dns, (cluster.servers, fullName))
        } catch {
            let (problem, isReached) = diagnosed(error, request.name, servers: cluster.servers)
            guard !isReached, let answer = staleAnswer else { throw .lookup(problem) }
            observer.observe(.stale(problem, answer))
            return Answer(addresses: [answer.address], isStale: true)
        }
    }

    /// A name such as `store.default` is completed by the search list, but only where the host knows that there is no
    /// such name: else whoever owns the namespace `com` could answer for `files.example.com` while the host's DNS is
    /// down.
    private mutating func clusterAnswer(toHostName request: Request, after problem: LookupProblem) -> Answer? {
        observer.observe(.view(.cluster, reason: .notFoundByHost))
        // The privileges that mounts need are gone.
        isolate(by: .process, completesNames: true)
        let name = request.name.bytes
        guard problem == .noSuchName || problem == .noData, !request.name.isAbsolute else {
            return try? ask(name + [UInt8(ascii: ".")], request, .dns, (cluster.servers, name))
        }
        return try? ask(name, request, .dns, (cluster.servers, name + Bytes(".svc.") + cluster.domain))
    }

    /// The name that glibc will most likely find: one with a dot as it stands, any other with the first search domain.
    private func completed(_ name: HostName, _ search: [Bytes]) -> Bytes {
        let dot = UInt8(ascii: ".")
        guard !name.isAbsolute, !name.bytes.contains(dot), let suffix = search.first else { return name.bytes }
        return name.bytes + [dot] + suffix
    }

    /// Puts the cluster's DNS in place of the host's, for this process only.
    ///
    /// - Parameter completesNames: Whether names will be looked up that the search list completes.
    mutating func isolate(by isolation: Isolation, completesNames: Bool = false) {
        // A file is made as Pods have it; without one, what nobody asks for need not be read.
        let hostSearch =
            isolation == .namespace || completesNames ? ResolvConf.searchList(of: lookup.hostResolvConf()) : []
        let resolvConf = ResolvConf(servers: cluster.servers, domain: cluster.domain, hostSearch: hostSearch)
        observer.observe(.resolvConf(resolvConf))
        if isolation == .namespace {
            do {
                try lookup.enterPrivateView(resolvConf)
                return observer.observe(.isolated(.namespace))
            } catch {
                observer.observe(.isolationFailed(error))
            }
        }
        lookup.useInProcess(resolvConf)
        observer.observe(.isolated(.process))
    }

    func dropPrivileges(runsPrograms: Bool = false) throws(Failure) {
        do { try lookup.dropPrivileges(runsPrograms: runsPrograms) } catch { throw .privileges(error) }
    }

    /// One address is sought in the preferred family first: that is one DNS query instead of two, and no answer to
    /// wait for that is not needed.
    private mutating func ask(
        _ name: Bytes, _ request: Request, _ service: NameService,
        _ source: (servers: [IPAddress], fullName: Bytes)? = nil
    ) throws(LookupProblem) -> Answer {
        let ttlSource = source.flatMap { TTLSource(servers: $0.servers, fullName: $0.fullName) }
        func question(_ families: Request.Families) -> Question {
            Question(name: name, families: families, service: service, ttlSource: ttlSource)
        }
        guard request.families == .both, !request.wantsList, service != .files else {
            return try ask(question(request.families))
        }
        let isIPv4First = configuration.choice.family == .ipv4
        do {
            return try ask(question(isIPv4First ? .ipv4 : .ipv6))
        } catch {
            switch error {
            case .noData: break
            // From DNS, NXDOMAIN speaks for every type of record: RFC 8020. Other services may mean one family.
            case .noSuchName where service.isConfigured: break
            default: throw error
            }
            return try ask(question(isIPv4First ? .ipv6 : .ipv4))
        }
    }

    mutating func ask(_ question: Question) throws(LookupProblem) -> Answer {
        let offered = question.service == .dns ? staleAnswer : nil
        if let offered { offer(offered) }
        let start = monotonicMicroseconds()
        let result: Result<Answer, LookupProblem>
        do {
            result = .success(try lookup.answer(to: question))
        } catch {
            result = .failure(error)
        }
        if offered != nil { withdrawOffer() }
        if case .failure(let problem) = result { forget(problem, of: question) }
        observer.observe(
            .lookup(
                LookupReport(question: question, microseconds: monotonicMicroseconds() - start, result: result)))
        return try result.get()
    }

    /// Tells servers that can't be reached from servers that fail to answer, which getaddrinfo(3) does not.
    ///
    /// - Returns: Also whether one of the servers is known to be there. Silence alone proves nothing: after the time
    ///   that the servers had, it means that they answered before, with what is no answer.
    private mutating func diagnosed(
        _ problem: LookupProblem, _ name: HostName, servers: [IPAddress]
    ) -> (problem: LookupProblem, isReached: Bool) {
        guard problem == .temporary, !servers.isEmpty else { return (problem, true) }
        let replies = lookup.probe(servers, for: name, milliseconds: Self.probeTime)
        observer.observe(.probe(servers, replies))
        let unreachable = replies.count { if case .unreachable = $0 { true } else { false } }
        let isAnswered = replies.contains { if case .answered = $0 { true } else { false } }
        return (unreachable == replies.count ? .noServerReachable : problem, isAnswered || unreachable == 0)
    }
}
