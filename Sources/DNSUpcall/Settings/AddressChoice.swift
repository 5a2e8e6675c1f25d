import DNS

/// Which of several addresses to return to a client that takes only one.
public struct AddressChoice: Equatable, Sendable {
    public enum Order: Equatable, Sendable {
        /// The same one as long as the answer contains the same addresses, in whatever order the DNS server returns
        /// them.
        case stable
        /// The first one that getaddrinfo(3) returns.
        case resolver
    }

    /// The family whose addresses come first: IPv4 or IPv6.
    public var family = AddressFamilies.ipv4
    public var order = Order.stable

    public init() {}
}
