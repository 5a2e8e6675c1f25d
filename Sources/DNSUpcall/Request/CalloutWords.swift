import DNS
import LinuxSystem

/// The words of a callout, in any order: key.dns_resolver(8).
struct CalloutWords {
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
                // The highest version that the client supports; there is only one.
                serverRecords = version > 0
            } else if word.equals("ttl") {
                // Requests a lifetime from the TTL of the records, which every key has anyway.
            } else if isTrusted, word.starts(with: "ns="), let address = IPAddress(word.dropFirst(3)) {
                server = address
            } else {
                unknown.append(Bytes(word))
            }
        }
    }

    var families: AddressFamilies {
        ipv4 == ipv6 ? .both : ipv4 ? .ipv4 : .ipv6
    }
}
