/// A key of type `dns_resolver`, as shown in `/proc/keys`: keyrings(7), proc_keys(5).
public struct CachedKey: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        case beingLookedUp
        case positive
        /// Requesters get this error; nil if it is not known.
        case negative(Errno?)
    }

    public let serial: Int32
    /// `[type:]name`, as requested: any bytes.
    public let description: Bytes
    public internal(set) var state: State
    /// The seconds left, rounded down to the unit that the kernel shows; nil for a key that never expires.
    public let secondsLeft: Int?
    /// Whether the key is in the keyring `.dns_resolver`, where the kernel's file systems look; nil if that is not
    /// known.
    public internal(set) var isForFileSystems: Bool?

    /// The part before the colon: `a`, `aaaa`, `afsdb`; empty for addresses of either family.
    public var queryType: Bytes {
        description.firstIndex(of: UInt8(ascii: ":")).map { Bytes(description[..<$0]) } ?? []
    }

    public var name: Bytes {
        description.firstIndex(of: UInt8(ascii: ":")).map { Bytes(description[($0 + 1)...]) } ?? description
    }

    /// Whether `text` means this key: the whole description, or the name alone. Like the kernel, this ignores case
    /// and a final dot: net/dns_resolver/dns_key.c.
    public func isMeant(by text: Bytes) -> Bool {
        let text = Self.normalised(text)
        return text == Self.normalised(description) || text == Self.normalised(name)
    }

    private static func normalised(_ text: Bytes) -> Bytes {
        let text = text.lowercased
        return text.last == UInt8(ascii: ".") ? text.dropLast() : text
    }
}
