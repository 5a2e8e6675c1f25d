import CLinux
import LinuxSystem

/// The address families that are wanted.
public enum AddressFamilies: UInt8, Equatable, Sendable {
    case both = 0
    case ipv4 = 4
    case ipv6 = 6

    /// For getaddrinfo(3): `ai_family`.
    public var number: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .both: AF_UNSPEC
        }
    }

    public var recordTypes: [DNSRecordType] {
        switch self {
        case .ipv4: [.a]
        case .ipv6: [.aaaa]
        case .both: [.a, .aaaa]
        }
    }

    /// The families as a phrase, such as "IPv4 or IPv6" with the conjunction "or".
    public func text(_ conjunction: StaticString) -> String {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        case .both: "IPv4 \(conjunction) IPv6"
        }
    }

    public func include(_ address: IPAddress) -> Bool {
        self == .both || address.isIPv4 == (self == .ipv4)
    }

    /// The other family, for a single one.
    public var other: AddressFamilies { self == .ipv4 ? .ipv6 : .ipv4 }
}
