import LinuxSystem

/// How an upcall ended.
public enum UpcallResult: UInt8, CaseIterable, Sendable {
    case found, notFound, noAnswer, unreachable, invalid, failed, late, crashed

    init(_ failure: Failure) {
        self =
            switch failure {
            case .lookup(.noSuchName), .lookup(.noData): .notFound
            case .lookup(.temporary): .noAnswer
            case .lookup(.noServerReachable), .lookup(.refused): .unreachable
            case .request, .usage: .invalid
            case .lookup(.system), .lookup(.privileges), .key: .failed
            case .deadline: .late
            case .crash: .crashed
            }
    }

    /// The value of the label `result` in the metrics, and of the journal field `RESOLVER_RESULT`.
    public var name: StaticString {
        switch self {
        case .found: "found"
        case .notFound: "not_found"
        case .noAnswer: "no_answer"
        case .unreachable: "unreachable"
        case .invalid: "invalid"
        case .failed: "failed"
        case .late: "deadline"
        case .crashed: "crashed"
        }
    }
}

/// A finished upcall, as the history keeps it.
public struct UpcallRecord: Equatable, Sendable {
    /// When it finished, in microseconds since 1970.
    public var time = 0
    /// How long it took.
    public var duration = Duration.zero
    public var key: Int32 = 0
    /// How long the kernel keeps the answer or the rejection, in seconds.
    public var lifetime: UInt32 = 0
    public var result = UpcallResult.found
    /// Nil if the name was not looked up.
    public var view: View?
    /// The error that the key was rejected with; 0 if it was instantiated.
    public var errno = Errno(0)
    /// The first of the cluster's servers asked.
    public var server: IPAddress?
    /// The name requested, possibly cut off. Any local user may have written it.
    public var name = Bytes()
    /// The payload as text; or what failed, in which view, and what the servers replied. Possibly cut off.
    public var text = Bytes()

    /// One line of printable ASCII, without the time of day.
    public var line: String {
        var line = "\(escaped(name, limit: 260)): "
        switch result {
        case .found: line += "\(escaped(text)) for \(lifetime) s, \(path)"
        case .late: line += "\(path); the deadline passed"
        case .crashed: line += "\(path); ended by a signal"
        default: line += escaped(text)
        }
        line += ", \(duration.text)"
        guard result != .found else { return line }
        return errno.code == 0
            ? "\(line); answered without servers for \(lifetime) s"
            : "\(line); rejected with \(Rejection.name(of: errno)) for \(lifetime) s"
    }

    private var path: String {
        guard let view else { return "not looked up" }
        return "\(view.text) view\(server.map { ", server \($0.text)" } ?? "")"
    }
}
