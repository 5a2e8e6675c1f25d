import LinuxSystem

/// What the kernel, or a person with `--debug`, wants resolved.
public struct Request: Equatable, Sendable {
    /// Which addresses answer the request.
    public enum Families: Equatable, Sendable {
        case ipv4
        case ipv6
        case both
    }

    /// What stands before the colon of the description.
    public enum QueryType: Equatable, Sendable {
        case none
        case a
        case aaaa
        /// The volume location servers of an AFS cell.
        case afsdb
    }

    public let name: HostName
    public let queryType: QueryType
    public let families: Families
    /// Whether all addresses are wanted. The kernel's CIFS, NFS and Ceph clients take only one.
    public let wantsList: Bool
    /// Whether an AFS client takes the binary list of servers: `srv=1`.
    public let wantsServerRecords: Bool
    /// The DNS server to ask instead of the host's or the cluster's: `ns=ADDRESS`.
    public let server: IPAddress?
    /// Whether root or the kernel itself asks, not just any local user.
    public let isTrusted: Bool
    /// Words of the callout that mean nothing to us.
    public let unknownWords: [Bytes]

    /// Reads a key's description, `[type:]name`, and its callout information, words separated by blanks, as
    /// key.dns_resolver(8) defines them.
    ///
    /// A query type of addresses settles the family; else the words `ipv4` and `ipv6` do.
    ///
    /// - Parameter isTrusted: Whether the callout may name a DNS server. Any local user can send one.
    public init(description: Bytes, callout: Bytes, isTrusted: Bool = false) throws(RequestProblem) {
        self.isTrusted = isTrusted
        let colon = description.firstIndex(of: UInt8(ascii: ":"))
        let prefix = description[..<(colon ?? 0)]
        if colon == nil {
            queryType = .none
        } else if prefix.equals("a") {
            queryType = .a
        } else if prefix.equals("aaaa") {
            queryType = .aaaa
        } else if prefix.equals("afsdb") {
            queryType = .afsdb
        } else {
            throw .unknownQueryType(Bytes(prefix))
        }
        let words = CalloutWords(parsing: callout, for: queryType, isTrusted: isTrusted)
        families =
            switch queryType {
            case .none, .afsdb: words.families
            case .a: .ipv4
            case .aaaa: .ipv6
            }
        do {
            name = try HostName(validating: description[(colon.map { $0 + 1 } ?? 0)...])
        } catch {
            throw .invalidName(reason: error)
        }
        wantsList = words.list
        wantsServerRecords = words.serverRecords
        server = words.server
        unknownWords = words.unknown
    }

    /// Reads the request out of a key.
    public init(key: KeyDescription, callout: Bytes) throws(RequestProblem) {
        guard key.type.equals("dns_resolver") else { throw .foreignKeyType(key.type) }
        try self.init(description: key.description, callout: callout, isTrusted: key.userID.equals("0"))
    }
}

private struct CalloutWords {
    private(set) var list = false
    private(set) var serverRecords = false
    private(set) var server: IPAddress?
    private(set) var unknown: [Bytes] = []
    private var ipv4 = false
    private var ipv6 = false

    init(parsing callout: Bytes, for queryType: Request.QueryType, isTrusted: Bool) {
        for word in callout.split(whereSeparator: { $0.isSpace }) {
            if word.equals("list") {
                list = true
            } else if word.equals("ipv4") {
                ipv4 = true
            } else if word.equals("ipv6") {
                ipv6 = true
            } else if queryType == .afsdb, word.starts(with: "srv="),
                let version = decimal(word.dropFirst(4), atMost: 65_535)
            {
                // The highest version that the client knows; there is only one.
                serverRecords = version > 0
            } else if word.equals("ttl") {
                // Asks for a lifetime from the records' TTL, which every key has.
            } else if isTrusted, word.starts(with: "ns="), let address = IPAddress(word.dropFirst(3)) {
                server = address
            } else {
                unknown.append(Bytes(word))
            }
        }
    }

    var families: Request.Families {
        ipv4 == ipv6 ? .both : ipv4 ? .ipv4 : .ipv6
    }
}
