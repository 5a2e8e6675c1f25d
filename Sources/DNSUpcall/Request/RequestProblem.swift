import DNS
import LinuxSystem

/// Why a request cannot be looked up at all.
public enum RequestProblem: Error, Equatable, Sendable {
    case malformedKey
    case foreignKeyType(Bytes)
    case unknownQueryType(Bytes)
    case invalidName(reason: HostName.Problem)

    public var text: String {
        switch self {
        case .malformedKey: "the key's description has fewer than five fields"
        case .foreignKeyType(let type):
            "keys of type '\(escaped(type, limit: 40))' are not ours: only dns_resolver keys are"
        case .unknownQueryType(let type): "unknown query type '\(escaped(type, limit: 40))'"
        case .invalidName(let reason): "not a valid host name: \(reason.text)"
        }
    }
}
