import LinuxSystem

/// The result of a lookup.
public struct FoundAddresses: Equatable, Sendable {
    /// In the order of getaddrinfo(3).
    public let addresses: [IPAddress]
    /// How long they are valid, in seconds: the smallest TTL of their records. Nil if it is not known.
    public let ttl: UInt32?

    public init(addresses: [IPAddress], ttl: UInt32? = nil) {
        self.addresses = addresses
        self.ttl = ttl
    }
}
