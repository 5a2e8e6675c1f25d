import LinuxSystem

/// A host name that is safe to pass on: labels of letters, digits, hyphens and underscores. This is RFC 1123 plus
/// the underscore, which occurs in real DNS names.
public struct HostName: Equatable, Sendable {
    /// RFC 1035's limit of 255 octets on the wire, as text without the final dot.
    public static let longest = 253
    public static let longestLabel = 63

    /// The rule of host names that a name breaks.
    public enum Problem: Error, Equatable, Sendable {
        case empty
        case tooLong
        case emptyLabel
        case labelTooLong
        case leadingHyphen
        case invalidCharacter

        public var text: String {
            switch self {
            case .empty: "it is empty"
            case .tooLong: "it is longer than \(HostName.longest) bytes"
            case .emptyLabel: "a label is empty"
            case .labelTooLong: "a label is longer than \(HostName.longestLabel) bytes"
            case .leadingHyphen: "it begins with a hyphen"
            case .invalidCharacter: "it has characters other than letters, digits, hyphens, underscores and dots"
            }
        }
    }

    /// The name without the final dot.
    public let bytes: Bytes
    /// Whether the name ended with a dot: the search list of resolv.conf(5) does not apply to it.
    public let isAbsolute: Bool

    /// - Throws: The first rule that the name breaks.
    public init(validating text: some Collection<UInt8>) throws(Problem) {
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

    /// A domain in lower case, without leading and trailing dots, as it may appear in a resolv.conf(5). Nil for
    /// anything else.
    public static func domain(_ text: Bytes) -> Bytes? {
        let dot = UInt8(ascii: ".")
        var name = text.lowercased[...]
        while name.first == dot { name = name.dropFirst() }
        while name.last == dot { name = name.dropLast() }
        return try? HostName(validating: name).bytes
    }

    /// As it was written, with the case and the final dot.
    public var text: Bytes {
        isAbsolute ? bytes + [UInt8(ascii: ".")] : bytes
    }

    /// Whether the name is `domain`, given in lower case, or below it.
    public func isBelow(_ domain: Bytes) -> Bool {
        guard !domain.isEmpty, bytes.count >= domain.count else { return false }
        guard bytes.suffix(domain.count).lowercased == domain else { return false }
        return bytes.count == domain.count || bytes[bytes.count - domain.count - 1] == UInt8(ascii: ".")
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
