import KubeletDiscovery
import LinuxSystem

/// Where a name is looked up.
public enum View: Equatable, Sendable {
    /// What every program on the host sees.
    case host
    /// The private mount namespace whose resolv.conf names the cluster's DNS servers.
    case cluster
}

/// The NSS services that a lookup asks, in the terms of nsswitch.conf(5).
public enum NameService: Equatable, Sendable {
    /// Whatever the host's nsswitch.conf says.
    case configured(HostServices)
    /// `/etc/hosts`.
    case files
    /// The DNS servers of resolv.conf.
    case dns

    var isConfigured: Bool {
        if case .configured = self { true } else { false }
    }
}

/// Why a lookup has no addresses.
public enum LookupProblem: Error, Equatable, Sendable {
    /// NXDOMAIN, and not in `/etc/hosts`: `EAI_NONAME`.
    case noSuchName
    /// The name exists without an address of the wanted family: `EAI_NODATA`.
    case noData
    /// No usable answer for now, such as a timeout or SERVFAIL: `EAI_AGAIN`.
    case temporary
    /// Not one of the servers can be reached.
    case noServerReachable
    /// The servers refuse to answer: `EAI_FAIL`.
    case refused
    /// The C library failed: `EAI_SYSTEM`, `EAI_MEMORY`.
    case system(Errno)

    public var text: String {
        switch self {
        case .noSuchName: "no such name"
        case .noData: "the name has no such address"
        case .temporary: "no usable answer"
        case .noServerReachable: "no server can be reached"
        case .refused: "the servers refuse to answer"
        case .system(let errno): "the lookup failed: \(errno.text)"
        }
    }
}

/// What became of a DNS server that was asked directly.
public enum ServerReply: Equatable, Sendable {
    /// It answered with this response code: RFC 1035, RCODE.
    case answered(responseCode: UInt8)
    case silent
    case unreachable(Errno)

    public var text: String {
        switch self {
        case .answered(0): "answers"
        case .answered(2): "answers SERVFAIL"
        case .answered(3): "answers NXDOMAIN"
        case .answered(5): "answers REFUSED"
        case .answered(let code): "answers with response code \(code)"
        case .silent: "silent"
        case .unreachable(let errno): errno.text
        }
    }
}

/// What is looked up.
public struct Question: Equatable, Sendable {
    public let name: Bytes
    public let families: Request.Families
    public let service: NameService
    /// Where to ask for the records' TTL, which getaddrinfo(3) does not tell. Nil where it does not matter.
    public let ttlSource: TTLSource?

    public init(name: Bytes, families: Request.Families, service: NameService, ttlSource: TTLSource? = nil) {
        self.name = name
        self.families = families
        self.service = service
        self.ttlSource = ttlSource
    }
}

/// Where the TTL of a name's records is known.
public struct TTLSource: Equatable, Sendable {
    /// The DNS servers, in the order in which they are asked.
    public let servers: [IPAddress]
    /// The name in full, as far as that can be told before it is found.
    public let fullName: HostName

    /// Nil if there is nobody to ask, or no name to ask for.
    public init?(servers: [IPAddress], fullName: Bytes) {
        guard !servers.isEmpty, let fullName = try? HostName(validating: fullName) else { return nil }
        self.servers = servers
        self.fullName = fullName
    }
}

/// What a lookup found.
public struct Answer: Equatable, Sendable {
    /// In the order getaddrinfo(3) gives them.
    public let addresses: [IPAddress]
    /// How long the answer holds, in seconds: the smallest TTL of its records. Nil where that is not known.
    public let ttl: UInt32?
    /// Whether it is the last good answer, given in the place of one that cannot be had.
    public let isStale: Bool

    public init(addresses: [IPAddress], ttl: UInt32? = nil, isStale: Bool = false) {
        self.addresses = addresses
        self.ttl = ttl
        self.isStale = isStale
    }
}

/// The C library's resolver and the view it works in; tests put another in its place.
public protocol NameLookup {
    /// From here on the process sees a resolv.conf of its own, in a mount namespace of its own.
    func enterPrivateView(_ resolvConf: ResolvConf) throws(IsolationProblem)

    /// From here on the C library asks the servers of `resolvConf`, whatever `/etc/resolv.conf` says.
    func useInProcess(_ resolvConf: ResolvConf)

    /// The services that look up the host's names.
    func hostServices() -> HostServices

    /// Gives up what only root may do, before anything is read from the network.
    ///
    /// - Parameter runsPrograms: Whether services will be asked that are not part of the program. If not, nothing can
    ///   lead to a module or daemon of the host, such as nscd(8).
    func dropPrivileges(runsPrograms: Bool) throws(Errno)

    /// Looks up one name.
    func answer(to question: Question) throws(LookupProblem) -> Answer

    /// The answer of DNS to one question about a name as it stands, without a search list.
    ///
    /// - Throws: Also for an answer without any records.
    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage

    /// Asks each server once and at the same time whether it would answer for `name`, within so many milliseconds.
    func probe(_ servers: [IPAddress], for name: HostName, milliseconds: Int) -> [ServerReply]

    /// Whether an address is one of this node's own.
    func isLocal(_ address: IPAddress) -> Bool

    /// The host's own resolv.conf; empty where there is none.
    func hostResolvConf() -> Bytes

    /// Opens the place where the last good answer to a question is kept, for which root's privileges are needed.
    func openLastAnswers(
        for name: HostName, _ families: Request.Families
    ) throws(LastAnswersProblem) -> LastAnswers

    /// Whatever happens, the key gets this answer if the time of the offer, or the whole time, passes before the offer
    /// is withdrawn.
    func offer(_ answer: StaleAnswer)

    func withdrawOffer()
}
