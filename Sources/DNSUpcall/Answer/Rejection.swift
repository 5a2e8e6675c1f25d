import CLinux
import LinuxSystem

/// How a key is rejected: the errno that request_key(2) returns to the requester, and for how many seconds the
/// kernel remembers it. Only this file decides that.
///
/// ENOKEY is not in the table: the kernel keeps such a key and answers from it, while any other errno lets its
/// clients ask again at their next attempt. Nor are longer times: a server that has come back could go unnoticed
/// for that long.
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
        case .lookup(.system), .lookup(.privileges), .key, .crash: self.init(EIO, seconds: lifetimes.temporaryTTL)
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
