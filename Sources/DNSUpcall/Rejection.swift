import CLinux
import LinuxSystem

/// Everything that keeps a key from being instantiated.
public enum Failure: Error, Equatable, Sendable {
    case request(RequestProblem)
    case lookup(LookupProblem)
    /// The process could not give up root's privileges, and so must not talk to the network.
    case privileges(Errno)
    /// The key could not be read, or did not take its payload.
    case key(Errno)
    /// The time for the whole upcall was over.
    case deadline
    /// The program itself failed, or was ended by a signal.
    case crash
    /// The program was started in a way it does not understand.
    case usage

    public var text: String {
        switch self {
        case .request(let problem): problem.text
        case .lookup(let problem): problem.text
        case .privileges(let errno): "dropping privileges failed: \(errno.text)"
        case .key(let errno): "the kernel refused the key's payload or description: \(errno.text)"
        case .deadline: "the deadline passed"
        case .crash: "the program failed"
        case .usage: "the program was not started as it should be"
        }
    }
}

/// How a key is refused: the errno that request_key(2) returns to who asked, and for how many seconds the kernel
/// remembers it. This is the one place where that is decided.
///
/// ENOKEY is not in the table: the kernel keeps such a key and answers from it, while any other errno lets its
/// clients ask again at their next try. Nor is a longer time: it would be time in which a server that came back
/// stays unfound.
public struct Rejection: Equatable, Sendable {
    public let errno: Errno
    public let seconds: UInt32

    public init(for failure: Failure, _ lifetimes: Lifetimes = Lifetimes()) {
        switch failure {
        case .lookup(.noSuchName), .lookup(.noData): self.init(ENODATA, seconds: lifetimes.negativeTTL)
        case .lookup(.temporary), .deadline: self.init(EAGAIN, seconds: lifetimes.temporaryTTL)
        case .lookup(.noServerReachable), .lookup(.refused):
            self.init(ECONNREFUSED, seconds: lifetimes.temporaryTTL)
        case .request, .usage: self.init(EINVAL, seconds: lifetimes.negativeTTL)
        case .lookup(.system), .privileges, .key, .crash: self.init(EIO, seconds: lifetimes.temporaryTTL)
        }
    }

    private init(_ code: Int32, seconds: UInt32) {
        errno = Errno(code)
        self.seconds = seconds
    }

    /// The errno's symbolic name.
    public var name: StaticString { Self.name(of: errno) }

    static func name(of errno: Errno) -> StaticString {
        switch errno.code {
        case ENODATA: "ENODATA"
        case EAGAIN: "EAGAIN"
        case ECONNREFUSED: "ECONNREFUSED"
        case EINVAL: "EINVAL"
        default: "EIO"
        }
    }
}
