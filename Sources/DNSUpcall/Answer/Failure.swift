import LinuxSystem

/// The reasons why a key cannot be instantiated.
public enum Failure: Error, Equatable, Sendable {
    case request(RequestProblem)
    case lookup(LookupProblem)
    /// The key could not be read, or the kernel refused its payload.
    case key(Errno)
    /// The time for the whole upcall ran out.
    case deadline
    /// The program itself failed, or was killed by a signal.
    case crash
    /// The program was started in a way it does not understand.
    case usage

    public var text: String {
        switch self {
        case .request(let problem): problem.text
        case .lookup(let problem): problem.text
        case .key(let errno): "the kernel refused the key's payload or description: \(errno.text)"
        case .deadline: "the deadline passed"
        case .crash: "the program failed"
        case .usage: "the program was not started as it should be"
        }
    }
}
