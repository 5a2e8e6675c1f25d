import LinuxSystem

/// Which of several addresses answers a client that takes only one.
public struct AddressChoice: Equatable, Sendable {
    public enum Family: Equatable, Sendable {
        case ipv4
        case ipv6
    }

    public enum Order: Equatable, Sendable {
        /// The same one as long as the answer holds the same addresses, in whatever order the DNS server deals them.
        case stable
        /// The first one that getaddrinfo(3) returns.
        case resolver
    }

    /// How many addresses are compared with the node's own: each takes a few system calls.
    private static let mostChecked = 64

    /// The family whose addresses come first.
    public var family = Family.ipv4
    public var order = Order.stable

    public init() {}

    /// - Parameter isLocal: Whether an address is this node's own. A server on the node itself is the nearest.
    public func choose(from addresses: [IPAddress], isLocal: (IPAddress) -> Bool) -> IPAddress? {
        let preferred = addresses.filter { $0.isIPv4 == (family == .ipv4) }
        let candidates = preferred.isEmpty ? addresses : preferred
        guard candidates.count > 1, order == .stable else { return candidates.first }
        let sorted = candidates.sorted { $0.precedes($1) }
        return sorted.prefix(Self.mostChecked).first(where: isLocal) ?? sorted.first
    }
}
