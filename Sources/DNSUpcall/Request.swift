import LinuxSystem

/// What the kernel, or a person with `--debug`, wants resolved.
public struct Request: Equatable, Sendable {
    /// Which addresses answer the request.
    public enum Families: Equatable, Sendable {
        case ipv4
        case ipv6
        case both
    }

    public let name: HostName
    public let families: Families
    /// Whether all addresses are wanted. The kernel's CIFS, NFS and Ceph clients take only one.
    public let wantsList: Bool
    /// Words of the callout that mean nothing to us.
    public let unknownWords: [Bytes]

    /// Reads a key's description, `[type:]name`, and its callout information, words separated by blanks, as
    /// key.dns_resolver(8) defines them.
    ///
    /// A query type settles the family; else the words `ipv4` and `ipv6` do.
    public init(description: Bytes, callout: Bytes) throws(RequestProblem) {
        let words = CalloutWords(parsing: callout)
        let colon = description.firstIndex(of: UInt8(ascii: ":"))
        let queryType = description[..<(colon ?? 0)]
        if colon == nil {
            families = words.families
        } else if queryType.equals("a") {
            families = .ipv4
        } else if queryType.equals("aaaa") {
            families = .ipv6
        } else {
            throw .unknownQueryType(Bytes(queryType))
        }
        do {
            name = try HostName(validating: description[(colon.map { $0 + 1 } ?? 0)...])
        } catch {
            throw .invalidName(reason: error)
        }
        wantsList = words.list
        unknownWords = words.unknown
    }

    /// Reads the request out of a key.
    public init(key: KeyDescription, callout: Bytes) throws(RequestProblem) {
        guard key.type.equals("dns_resolver") else { throw .foreignKeyType(key.type) }
        try self.init(description: key.description, callout: callout)
    }
}

private struct CalloutWords {
    private(set) var list = false
    private(set) var unknown: [Bytes] = []
    private var ipv4 = false
    private var ipv6 = false

    init(parsing callout: Bytes) {
        for word in callout.split(whereSeparator: { $0.isSpace }) {
            if word.equals("list") {
                list = true
            } else if word.equals("ipv4") {
                ipv4 = true
            } else if word.equals("ipv6") {
                ipv6 = true
            } else {
                unknown.append(Bytes(word))
            }
        }
    }

    var families: Request.Families {
        ipv4 == ipv6 ? .both : ipv4 ? .ipv4 : .ipv6
    }
}
