import CLinux

/// An error number from the kernel or the C library: errno(3).
public struct Errno: Error, Equatable, Sendable {
    public let code: Int32

    public init(_ code: Int32) {
        self.code = code
    }

    /// The value that the last failed call of this thread left in `errno`.
    public static var last: Errno { Errno(linux_errno()) }

    /// The C library's text for the number: strerror(3).
    public var text: String {
        String(cString: strerror(code))
    }
}

/// Returns the result of a C call, or throws the call's `errno` if the result is negative.
@discardableResult
public func checked<Result: SignedInteger>(_ result: Result) throws(Errno) -> Result {
    guard result >= 0 else { throw Errno.last }
    return result
}

/// The same, but repeats the call while a signal interrupts it: `EINTR`.
@discardableResult
public func retried<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        guard result < 0, linux_errno() == EINTR else { return try checked(result) }
    }
}
