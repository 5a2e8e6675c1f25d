import LinuxSystem

/// Why a request can't be looked up at all.
public enum RequestProblem: Error, Equatable, Sendable {
    case malformedKey
    case foreignKeyType(Bytes)
    case unknownQueryType(Bytes)
    case invalidName(reason: NameProblem)

    /// The rule of host names that a name breaks.
    public enum NameProblem: Error, Equatable, Sendable {
        case empty
        case tooLong
        case emptyLabel
        case labelTooLong
        case leadingHyphen
        case invalidCharacter
    }

    public var text: String {
        switch self {
        case .malformedKey: "the key's description has fewer than five fields"
        case .foreignKeyType(let type):
            "keys of type '\(escaped(type, limit: 40))' are not ours: only dns_resolver is"
        case .unknownQueryType(let type): "unknown query type '\(escaped(type, limit: 40))'"
        case .invalidName(let reason): "not a valid host name: \(reason.text)"
        }
    }
}

extension RequestProblem.NameProblem {
    var text: String {
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
