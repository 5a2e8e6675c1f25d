import DNS
import LinuxSystem

/// What the kernel, or a person with `--debug`, wants to resolve.
public struct Request: Equatable, Sendable {
    /// The part of the description before the colon.
    public enum QueryType: Equatable, Sendable {
        case none
        case a
        case aaaa
        /// The volume location servers of an AFS cell.
        case afsdb
    }

    public let name: HostName
    public let queryType: QueryType
    /// The address families that answer the request.
    public let families: AddressFamilies
    /// Whether to return all addresses. The kernel's CIFS, NFS and Ceph clients take only one.
    public let wantsList: Bool
    /// Whether an AFS client accepts the binary server list: `srv=1`.
    public let wantsServerRecords: Bool
    /// The DNS server to ask instead of the cluster's: `ns=ADDRESS`. A cell that the host's DNS serves ignores it.
    public let server: IPAddress?
    /// Unknown words of the callout.
    public let unknownWords: [Bytes]

    /// Parses a key's description, `[type:]name`, and its callout information, words separated by whitespace, as
    /// defined in key.dns_resolver(8).
    ///
    /// The query types `a` and `aaaa` determine the family; otherwise, the words `ipv4` and `ipv6` do.
    ///
    /// - Parameter isTrusted: Whether the callout may name a DNS server. Any local user can send one.
    public init(description: Bytes, callout: Bytes, isTrusted: Bool = false) throws(RequestProblem) {
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

    /// Parses the request of a key.
    public init(key: KeyDescription, callout: Bytes) throws(RequestProblem) {
        guard key.type.equals("dns_resolver") else { throw .foreignKeyType(key.type) }
        try self.init(description: key.description, callout: callout, isTrusted: key.userID.equals("0"))
    }
}
