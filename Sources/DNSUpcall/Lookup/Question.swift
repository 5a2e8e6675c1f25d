import DNS
import LinuxSystem

/// What to look up.
public struct Question: Equatable, Sendable {
    public let name: Bytes
    public let families: AddressFamilies
    public let service: NameService
    /// Where to ask for the TTL of the records, which getaddrinfo(3) does not return. Nil if it does not matter.
    public let ttlSource: TTLSource?

    public init(name: Bytes, families: AddressFamilies, service: NameService, ttlSource: TTLSource? = nil) {
        self.name = name
        self.families = families
        self.service = service
        self.ttlSource = ttlSource
    }
}

/// The NSS services that a lookup asks, in the terms of nsswitch.conf(5).
public enum NameService: Equatable, Sendable {
    /// Whatever the host's nsswitch.conf says.
    case configured(HostServices)
    /// `/etc/hosts`.
    case files
    /// The DNS servers of resolv.conf.
    case dns

    var isConfigured: Bool {
        if case .configured = self { true } else { false }
    }
}

/// Where to get the TTL of a name's records.
public struct TTLSource: Equatable, Sendable {
    /// The DNS servers, in the order in which to ask them.
    public let servers: [IPAddress]
    /// The full name, as far as it is known before the lookup.
    public let fullName: HostName

    /// Nil if there is no server to ask, or no valid name to ask for.
    public init?(servers: [IPAddress], fullName: Bytes) {
        guard !servers.isEmpty, let fullName = try? HostName(validating: fullName) else { return nil }
        self.servers = servers
        self.fullName = fullName
    }
}
