/// For how many seconds the kernel keeps what it is told.
public struct Lifetimes: Equatable, Sendable {
    /// Where no TTL is known, as from `/etc/hosts`.
    public var defaultTTL: UInt32 = 5
    /// The least for an address; 0 would mean for ever.
    public var minTTL: UInt32 = 1
    /// The most for an address: as long may a server that moved stay unfound.
    public var maxTTL: UInt32 = 5
    /// For names that don't exist, and requests that make no sense.
    public var negativeTTL: UInt32 = 5
    /// For failures that may pass.
    public var temporaryTTL: UInt32 = 1

    public init() {}

    /// How long a list of AFS servers counts whose DNS records have this TTL. It is no address that a mount fails over
    /// by: the largest lifetime is the AFS client's own.
    public func serverListLifetime(ttl: UInt32?) -> UInt32 {
        max(min(ttl ?? defaultTTL, 86_400), minTTL)
    }

    /// How long the last good answer counts that is given in the place of a fresh one: the TTL of RFC 8767, section 4,
    /// but no longer than the administrator lets an address live.
    public var staleLifetime: UInt32 { min(30, maxTTL) }

    /// How long an address counts whose DNS records have this TTL.
    public func lifetime(ttl: UInt32?) -> UInt32 {
        guard let ttl else { return defaultTTL }
        return max(min(ttl, maxTTL), minTTL)
    }
}
