import DNS
import KubeletDiscovery
import LinuxSystem

/// A key that waits for its answer. A run by hand has no key, and uses a substitute.
public protocol AnswerableKey {
    func describe() throws(Errno) -> Bytes
    func calloutInfo() throws(Errno) -> Bytes
    /// Whether the kernel itself requests and keeps the answer.
    var isForKernel: Bool { get }
    func setTimeout(seconds: UInt32) throws(Errno)
    func instantiate(payload: Bytes) throws(Errno)
    func reject(errno: Errno, seconds: UInt32) throws(Errno)
}

extension Key: AnswerableKey {
    public func calloutInfo() throws(Errno) -> Bytes { try Self.authorisationCallout() }
    public var isForKernel: Bool { Self.isConstructedForKernel }
}

/// One upcall: from the key to its answer.
public struct Upcall<AnsweredKey: AnswerableKey, Host: ViewHost, Resolver, Observer: UpcallObserver>
where Resolver: AddressResolver & RecordResolver {
    private let key: AnsweredKey
    private let host: Host
    private let resolver: Resolver
    private let configuration: Configuration
    private let root: Bytes
    private let state: StateDirectory
    private let isLocal: (IPAddress) -> Bool
    private let report: UpcallReport
    private let observer: Observer

    /// - Parameters:
    ///   - root: The directory below which to look for the kubelet's settings and the AFS cell files.
    ///   - state: Where to keep the last answers.
    ///   - isLocal: Whether an address is the node's own.
    public init(
        key: AnsweredKey, host: Host, resolver: Resolver, configuration: Configuration, root: Bytes = Bytes("/"),
        state: StateDirectory = .standard, isLocal: @escaping (IPAddress) -> Bool = { $0.isLocal },
        observer: Observer
    ) {
        self.key = key
        self.host = host
        self.resolver = resolver
        self.configuration = configuration
        self.root = root
        self.state = state
        self.isLocal = isLocal
        self.observer = observer
        report = UpcallReport()
    }

    /// Answers the key, whatever happens.
    ///
    /// - Returns: Whether the requested data was found.
    public func run() -> Bool {
        do {
            return try answer()
        } catch {
            let rejection = Rejection(for: error, configuration.lifetimes)
            // Before the rejection, since the kernel shows who waits for the key only until it is answered.
            tell(.rejected(error, rejection))
            try? key.reject(errno: rejection.errno, seconds: rejection.seconds)
            return false
        }
    }

    private func answer() throws(Failure) -> Bool {
        let request = try readRequest()
        tell(.request(request))

        var cluster = ClusterDNSDiscovery(overrides: configuration.discovery, root: root)
            .discover(within: configuration.deadline / 3)
        if let server = request.server {
            cluster = ClusterDNS(servers: [server], domain: cluster.domain, sources: ["ns of the callout"])
        }
        tell(.clusterDNS(cluster))

        let entrance = ViewEntrance(host: host, cluster: cluster, isolation: configuration.isolation) {
            tell(.lookup(.view($0)))
        }
        do {
            return request.queryType == .afsdb
                ? try answerCell(request, entrance) : try answerName(request, entrance)
        } catch .lookup(let problem) where cluster.isUnknown && problem.isAbsence {
            // The name may belong to the cluster, which could not be asked.
            throw .lookup(.temporary)
        }
    }

    private func answerName(_ request: Request, _ entrance: ViewEntrance<Host>) throws(Failure) -> Bool {
        // Before dropping privileges: only root can open it.
        let lastAnswers =
            key.isForKernel && !request.wantsList
            ? try? LastAnswers(for: request.name, request.families, in: state) : nil
        let lookup = AddressLookup(
            entrance: entrance, resolver: resolver, request: request,
            preferredFamily: configuration.choice.family
        ) { tell(.lookup($0)) }
        let found: FoundAddresses
        do { found = try lookup.addresses() } catch { throw .lookup(error) }
        let payload = try payload(for: request, found.addresses)
        try instantiate(payload, configuration.lifetimes.lifetime(ttl: found.ttl))
        if let address = payload.address { lastAnswers?.keep(address) }
        return true
    }

    /// - Returns: Whether the cell's servers were found. A client that accepts binary lists gets a failure as such
    ///   a list.
    private func answerCell(_ request: Request, _ entrance: ViewEntrance<Host>) throws(Failure) -> Bool {
        let lookup = CellLookup(
            entrance: entrance, resolver: resolver, request: request, root: root,
            // A question asked in the first half of the time is answered, or abandoned, in the second.
            lastQuestion: Deadline(at: report.start + configuration.deadline / 2),
            tell: { tell(.lookup($0)) }, tellCell: { tell(.cell($0)) })
        let list: VLServerList
        do {
            list = try lookup.servers()
        } catch {
            guard request.wantsServerRecords else { throw .lookup(error) }
            let list = VLServerList(error)
            let lifetime = Rejection(for: .lookup(error), configuration.lifetimes).seconds
            try setPayload(list.binary, lifetime)
            tell(.answeredWithoutServers(error, list.status, seconds: lifetime))
            return false
        }
        guard let payload = request.wantsServerRecords ? list.binary : list.text else { throw .lookup(.noData) }
        try instantiate(payload, configuration.lifetimes.serverListLifetime(ttl: list.lifetime))
        return true
    }

    private func instantiate(_ payload: Payload, _ lifetime: UInt32) throws(Failure) {
        try setPayload(payload, lifetime)
        tell(.answered(payload, seconds: lifetime))
    }

    private func setPayload(_ payload: Payload, _ lifetime: UInt32) throws(Failure) {
        do {
            try key.setTimeout(seconds: lifetime)
            try key.instantiate(payload: payload.bytes)
        } catch {
            throw .key(error)
        }
    }

    private func payload(for request: Request, _ addresses: [IPAddress]) throws(Failure) -> Payload {
        if request.wantsList, !addresses.isEmpty { return Payload(list: addresses) }
        guard let address = configuration.choice.choose(from: addresses, isLocal: isLocal) else {
            throw .lookup(.noData)
        }
        return Payload(address: address)
    }

    private func readRequest() throws(Failure) -> Request {
        let description: Bytes
        let callout: Bytes
        do {
            description = try key.describe()
            callout = try key.calloutInfo()
        } catch {
            throw .key(error)
        }
        do {
            let key = try KeyDescription(parsing: description)
            tell(.received(key))
            return try Request(key: key, callout: callout)
        } catch {
            throw .request(error)
        }
    }

    private func tell(_ step: UpcallStep) {
        report.add(step)
        observer.observe(step, in: report)
    }
}
