import KubeletDiscovery
import LinuxSystem

/// A key that waits for its answer; by hand there is none, and another stands in its place.
public protocol AnswerableKey {
    func describe() throws(Errno) -> Bytes
    func calloutInfo() throws(Errno) -> Bytes
    func setTimeout(seconds: UInt32) throws(Errno)
    func instantiate(payload: Bytes) throws(Errno)
    func reject(errno: Errno, seconds: UInt32) throws(Errno)
}

extension Key: AnswerableKey {
    public func calloutInfo() throws(Errno) -> Bytes { try Self.authorisationCallout() }
}

/// The whole road of one upcall: from the key to its answer.
public struct Upcall<AnsweredKey: AnswerableKey, Lookup: NameLookup, Observer: UpcallObserver> {
    private let key: AnsweredKey
    private let lookup: Lookup
    private var configuration: Configuration
    private let discovery: ClusterDNSDiscovery
    private let afs: AFSOptions
    private var observer: Observer

    public init(
        key: AnsweredKey, lookup: Lookup, configuration: Configuration, root: Bytes = Bytes("/"),
        afs: AFSOptions = AFSOptions(), observer: Observer
    ) {
        self.key = key
        self.lookup = lookup
        self.configuration = configuration
        // What is kept is about this machine.
        if !root.equals("/") { self.configuration.staleLimit = nil }
        discovery = ClusterDNSDiscovery(overrides: configuration.discovery, root: root)
        self.afs = afs
        self.observer = observer
    }

    /// Answers the key, whatever happens.
    ///
    /// - Returns: Whether what was asked for was found.
    public mutating func run() -> Bool {
        do {
            return try answer()
        } catch {
            let rejection = Rejection(for: error, configuration.lifetimes)
            observer.observe(.rejecting(error))
            try? key.reject(errno: rejection.errno, seconds: rejection.seconds)
            observer.observe(.rejected(error, rejection))
            return false
        }
    }

    private mutating func answer() throws(Failure) -> Bool {
        let request = try readRequest()
        observer.observe(.request(request))

        var cluster = discovery.discover()
        if let server = request.server {
            cluster = ClusterDNS(servers: [server], domain: cluster.domain, sources: ["ns of the callout"])
        }
        observer.observe(.clusterDNS(cluster))

        var resolution = NameResolution(
            lookup: lookup, cluster: cluster, configuration: configuration, observer: observer)
        defer { observer = resolution.observer }
        guard request.queryType != .afsdb else { return try answerCell(request, &resolution) }
        let answer = try resolution.answer(to: request)
        let payload = try payload(for: request, answer.addresses)
        let lifetimes = configuration.lifetimes
        let lifetime = answer.isStale ? lifetimes.staleLifetime : lifetimes.lifetime(ttl: answer.ttl)
        try instantiate(payload, lifetime)
        resolution.observer.observe(.instantiated(payload, seconds: lifetime))
        if !answer.isStale, let address = payload.address { resolution.lastAnswers?.keep(address) }
        return true
    }

    /// - Returns: Whether the cell's servers were found. A client that takes binary lists is told of a failure in one.
    private func answerCell(
        _ request: Request, _ resolution: inout NameResolution<Lookup, Observer>
    ) throws(Failure) -> Bool {
        let list: VLServerList
        do {
            list = try resolution.servers(for: request, afs)
        } catch {
            guard request.wantsServerRecords else { throw error }
            let list = VLServerList(error)
            let lifetime = Rejection(for: error, configuration.lifetimes).seconds
            try instantiate(list.binary, lifetime)
            resolution.observer.observe(.noServers(error, list.status, seconds: lifetime))
            return false
        }
        resolution.observer.observe(.servers(list))
        guard let payload = request.wantsServerRecords ? list.binary : list.text else { throw .lookup(.noData) }
        let lifetime = configuration.lifetimes.serverListLifetime(ttl: list.lifetime)
        try instantiate(payload, lifetime)
        resolution.observer.observe(.instantiated(payload, seconds: lifetime))
        return true
    }

    private func instantiate(_ payload: Payload, _ lifetime: UInt32) throws(Failure) {
        do {
            try key.setTimeout(seconds: lifetime)
            try key.instantiate(payload: payload.bytes)
        } catch {
            throw .key(error)
        }
    }

    private func payload(for request: Request, _ addresses: [IPAddress]) throws(Failure) -> Payload {
        if request.wantsList, !addresses.isEmpty { return Payload(list: addresses) }
        guard let address = configuration.choice.choose(from: addresses, isLocal: lookup.isLocal) else {
            throw .lookup(.noData)
        }
        return Payload(address: address)
    }

    private mutating func readRequest() throws(Failure) -> Request {
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
            observer.observe(.received(key))
            return try Request(key: key, callout: callout)
        } catch {
            throw .request(error)
        }
    }
}
