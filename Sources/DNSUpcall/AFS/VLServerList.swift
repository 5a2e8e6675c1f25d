import CLinux
import LinuxSystem

/// The volume location servers of an AFS cell, as the kernel is told of them.
public struct VLServerList: Equatable, Sendable {
    /// Where a record came from: `enum dns_record_source` of linux/dns_resolver.h.
    public enum Source: UInt8, Sendable {
        case unavailable = 0
        case configuration = 1
        case afsdb = 3
        case srv = 4
        /// getaddrinfo(3).
        case nss = 5
    }

    /// How a lookup went: `enum dns_lookup_status` of linux/dns_resolver.h.
    public enum Status: UInt8, Sendable {
        case notDone = 0
        case good = 1
        case goodWithBad = 2
        case bad = 3
        case notFound = 4
        case localFailure = 5
        case temporaryFailure = 6
        case nameServerFailure = 7
    }

    /// The format counts servers in a byte.
    static let mostServers = 255

    public struct Server: Equatable, Sendable {
        /// The port where no other is known: afs3-vlserver.
        static let defaultPort: UInt16 = 7003

        /// A host name, or an address as text where the configuration has no name.
        public var name: Bytes
        /// The order of preference, and the share of the load among equals: RFC 2782.
        public var priority: UInt16 = 0
        public var weight: UInt16 = 0
        public var port = defaultPort
        /// Where the addresses came from.
        public var source = Source.unavailable
        public var status = Status.notDone
        public var addresses: [IPAddress] = []
    }

    /// Where the list of servers came from.
    public var source: Source
    public var status: Status
    public var servers: [Server]
    /// How long what was found in DNS holds, in seconds; nil for what was not found there.
    public var lifetime: UInt32?

    public init(source: Source, status: Status, servers: [Server] = [], lifetime: UInt32? = nil) {
        self.source = source
        self.status = status
        self.servers = servers
        self.lifetime = lifetime
    }

    /// A list that only tells why there is none.
    public init(_ failure: Failure) {
        if case .lookup(let problem) = failure {
            self.init(source: .unavailable, status: Status(problem))
        } else {
            self.init(source: .unavailable, status: .localFailure)
        }
    }
}

extension VLServerList.Status {
    init(_ problem: LookupProblem) {
        self =
            switch problem {
            case .noSuchName, .noData: .notFound
            case .temporary, .noServerReachable: .temporaryFailure
            case .refused: .nameServerFailure
            case .system(let errno): errno.code == EBADMSG ? .bad : .localFailure
            }
    }
}

extension [VLServerList.Server] {
    /// In the order of RFC 2782: the smallest priority first, then the largest weight, for a client that takes the
    /// first one. What is equal in both is ordered by name, so that the order in which DNS rotates it does not matter.
    /// The second of two with the same name and port is left out, and
    /// so are those that the format has no room for.
    var ordered: Self {
        let sorted = sorted { $0.precedes($1) }
        var seen = Self()
        for server in sorted where !seen.contains(where: { $0.name == server.name && $0.port == server.port }) {
            seen.append(server)
            if seen.count == VLServerList.mostServers { break }
        }
        return seen
    }
}

extension VLServerList.Server {
    fileprivate func precedes(_ other: Self) -> Bool {
        if priority != other.priority { return priority < other.priority }
        if weight != other.weight { return weight > other.weight }
        if name != other.name { return name.lexicographicallyPrecedes(other.name) }
        return port < other.port
    }
}
