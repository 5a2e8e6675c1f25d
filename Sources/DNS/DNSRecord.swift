import LinuxSystem

/// The number of a DNS record type: RFC 1035, section 3.2.2.
public struct DNSRecordType: Equatable, Sendable {
    public let number: UInt16

    public static let a = DNSRecordType(number: 1)
    public static let cname = DNSRecordType(number: 5)
    /// RFC 1183.
    public static let afsdb = DNSRecordType(number: 18)
    /// RFC 3596.
    public static let aaaa = DNSRecordType(number: 28)
    /// RFC 2782.
    public static let srv = DNSRecordType(number: 33)
}

/// One record of a DNS response.
public struct DNSRecord: Equatable, Sendable {
    public let owner: DNSName
    public let type: DNSRecordType
    /// How long the record may be kept, in seconds. A value with the top bit set counts as zero: RFC 2181, section
    /// 8.
    public let ttl: UInt32
    public let data: Data

    public enum Data: Equatable, Sendable {
        /// A and AAAA.
        case address(IPAddress)
        /// CNAME.
        case alias(DNSName)
        case service(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
        /// AFSDB. Subtype 1 is an AFS volume location server, 2 a DCE directory server.
        case afsDatabase(subtype: UInt16, host: DNSName)
        /// A type or class that this program does not query.
        case other
        /// Data that does not match the record's type.
        case malformed
    }
}
