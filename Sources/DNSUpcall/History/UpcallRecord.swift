import LinuxSystem

/// How an upcall ended.
public enum UpcallResult: UInt8, CaseIterable, Sendable {
    case found, notFound, noAnswer, unreachable, invalid, failed, late, crashed, stale

    init(_ failure: Failure) {
        self =
            switch failure {
            case .lookup(.noSuchName), .lookup(.noData): .notFound
            case .lookup(.temporary): .noAnswer
            case .lookup(.noServerReachable), .lookup(.refused): .unreachable
            case .request, .usage: .invalid
            case .lookup(.system), .privileges, .key: .failed
            case .deadline: .late
            case .crash: .crashed
            }
    }

    /// The value of the label `result` in the metrics, and of the journal's field `RESOLVER_RESULT`.
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
        case .stale: "stale"
        }
    }
}

/// An upcall that is over, as the history keeps it.
public struct UpcallRecord: Equatable, Sendable {
    /// When it was over, in microseconds since 1970.
    public var time = 0
    /// How long it took.
    public var microseconds = 0
    public var key: Int32 = 0
    /// For how long the kernel keeps the answer or the refusal, in seconds.
    public var lifetime: UInt32 = 0
    public var result = UpcallResult.found
    /// Nil if the name was not looked up.
    public var view: View?
    /// What the key was rejected with; 0 for one that was instantiated.
    public var errno = Errno(0)
    /// The first of the servers asked.
    public var server: IPAddress?
    /// What was asked for, perhaps cut off. Any local user may have written it.
    public var name = Bytes()
    /// The payload as text; or what failed, in which view, and what the servers did. Perhaps cut off.
    public var text = Bytes()

    /// One line of printable ASCII, without the time of day.
    public var line: String {
        var line = "\(escaped(name, limit: 260)): "
        switch result {
        case .found: line += "\(escaped(text)) for \(lifetime) s, \(road)"
        case .stale: line += "the last good answer, \(escaped(text)) for \(lifetime) s, \(road)"
        case .late: line += "\(road); the deadline passed"
        case .crashed: line += "\(road); ended by a signal"
        default: line += escaped(text)
        }
        line += ", \(milliseconds(microseconds))"
        guard result != .found, result != .stale else { return line }
        return errno.code == 0
            ? "\(line); answered without servers for \(lifetime) s"
            : "\(line); rejected with \(Rejection.name(of: errno)) for \(lifetime) s"
    }

    private var road: String {
        guard let view else { return "not looked up" }
        return "\(view.text) view\(server.map { ", server \($0.text)" } ?? "")"
    }
}
