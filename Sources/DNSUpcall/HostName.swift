import LinuxSystem

/// A host name that is safe to hand on: labels of letters, digits, hyphens and underscores, RFC 1123 with the
/// underscore that DNS names in use have.
public struct HostName: Equatable, Sendable {
    /// RFC 1035's 255 octets on the wire, as text without the final dot.
    static let longest = 253
    static let longestLabel = 63

    /// The name without the final dot.
    public let bytes: Bytes
    /// Whether a dot ended the name: resolv.conf(5)'s search list is not for it.
    public let isAbsolute: Bool

    /// - Throws: The first rule that the name breaks.
    public init(validating text: some Collection<UInt8>) throws(RequestProblem.NameProblem) {
        var name = Bytes(text)
        let dot = UInt8(ascii: ".")
        isAbsolute = name.last == dot
        if isAbsolute { name.removeLast() }

        guard !name.isEmpty else { throw .empty }
        guard name.count <= Self.longest else { throw .tooLong }
        guard name.first != UInt8(ascii: "-") else { throw .leadingHyphen }
        for label in name.split(separator: dot, omittingEmptySubsequences: false) {
            guard !label.isEmpty else { throw .emptyLabel }
            guard label.count <= Self.longestLabel else { throw .labelTooLong }
            guard label.allSatisfy(Self.isNameCharacter) else { throw .invalidCharacter }
        }
        bytes = name
    }

    /// As it was written, but for the case.
    public var text: Bytes {
        isAbsolute ? bytes + [UInt8(ascii: ".")] : bytes
    }

    /// Whether the name is `domain`, given in small letters, or below it.
    public func isBelow(_ domain: Bytes) -> Bool {
        guard !domain.isEmpty, bytes.count >= domain.count else { return false }
        guard bytes.suffix(domain.count).lowercased == domain else { return false }
        return bytes.count == domain.count || bytes[bytes.count - domain.count - 1] == UInt8(ascii: ".")
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
