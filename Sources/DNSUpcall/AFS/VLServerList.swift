import CLinux
import DNS
import LinuxSystem

/// The volume location servers of an AFS cell, as passed to the kernel.
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

    /// The format counts servers in one byte.
    static let mostServers = 255

    public struct Server: Equatable, Sendable {
        /// The port if no other is known: afs3-vlserver.
        static let defaultPort: UInt16 = 7003

        /// A host name, or an address as text if the configuration has no name.
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
    /// How long the results from DNS are valid, in seconds; nil if there are none.
    public var lifetime: UInt32?

    public init(source: Source, status: Status, servers: [Server] = [], lifetime: UInt32? = nil) {
        self.source = source
        self.status = status
        self.servers = servers
        self.lifetime = lifetime
    }

    /// An empty list that only says why it is empty.
    public init(_ problem: LookupProblem) {
        self.init(source: .unavailable, status: Status(problem))
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
            case .privileges: .localFailure
            }
    }

    /// The name in linux/dns_resolver.h, shortened.
    public var text: String {
        switch self {
        case .notDone: "not done"
        case .good: "good"
        case .goodWithBad: "good with bad"
        case .bad: "bad"
        case .notFound: "not found"
        case .localFailure: "local failure"
        case .temporaryFailure: "temporary failure"
        case .nameServerFailure: "name server failure"
        }
    }
}

extension VLServerList.Source {
    public var text: String {
        switch self {
        case .unavailable: "nowhere"
        case .configuration: "the configuration"
        case .afsdb: "AFSDB"
        case .srv: "SRV"
        case .nss: "the name services"
        }
    }
}

extension [VLServerList.Server] {
    /// In the order of RFC 2782: the smallest priority first, then the largest weight, for a client that takes the
    /// first server. Servers equal in both are ordered by name, so that DNS rotation does not matter. Duplicates of
    /// a name and port are left out, and so are servers that the format has no room for.
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
