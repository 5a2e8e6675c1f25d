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
    private let configuration: Configuration
    private var observer: Observer

    public init(key: AnsweredKey, lookup: Lookup, configuration: Configuration, observer: Observer) {
        self.key = key
        self.lookup = lookup
        self.configuration = configuration
        self.observer = observer
    }

    /// Answers the key, whatever happens.
    ///
    /// - Returns: Whether it was instantiated.
    public mutating func run() -> Bool {
        do {
            try answer()
            return true
        } catch {
            let rejection = Rejection(for: error, configuration.lifetimes)
            try? key.reject(errno: rejection.errno, seconds: rejection.seconds)
            observer.observe(.rejected(error, rejection))
            return false
        }
    }

    private mutating func answer() throws(Failure) {
        let request = try readRequest()
        observer.observe(.request(request))

        let cluster = ClusterDNSDiscovery(overrides: configuration.discovery).discover()
        observer.observe(.clusterDNS(cluster))

        var resolution = NameResolution(
            lookup: lookup, cluster: cluster, configuration: configuration, observer: observer)
        defer { observer = resolution.observer }
        let answer = try resolution.answer(to: request)
        let payload = try payload(for: request, answer.addresses)
        let lifetime = configuration.lifetimes.lifetime(ttl: answer.ttl)
        do {
            try key.setTimeout(seconds: lifetime)
            try key.instantiate(payload: payload.bytes)
        } catch {
            throw .key(error)
        }
        resolution.observer.observe(.instantiated(payload, seconds: lifetime))
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
