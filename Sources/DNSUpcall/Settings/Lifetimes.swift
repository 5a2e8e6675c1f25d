/// How many seconds the kernel keeps its answers.
public struct Lifetimes: Equatable, Sendable {
    /// If no TTL is known, as from `/etc/hosts`.
    public var defaultTTL: UInt32 = 5
    /// The minimum for an address.
    public var minTTL: UInt32 = 1
    /// The maximum for an address. A server that has moved may go unnoticed for this long.
    public var maxTTL: UInt32 = 5
    /// For names that do not exist, and invalid requests.
    public var negativeTTL: UInt32 = 5
    /// For failures that may pass.
    public var temporaryTTL: UInt32 = 1

    public init() {}

    /// The lifetime of a list of AFS servers whose DNS records have this TTL. No mount fails over by such a list,
    /// so the maximum is the AFS client's own.
    public func serverListLifetime(ttl: UInt32?) -> UInt32 {
        max(min(ttl ?? defaultTTL, 86_400), minTTL)
    }

    /// The lifetime of an address whose DNS records have this TTL.
    public func lifetime(ttl: UInt32?) -> UInt32 {
        guard let ttl else { return defaultTTL }
        return max(min(ttl, maxTTL), minTTL)
    }
}
