import CLinux

/// An error number of the kernel or the C library, as in errno(3).
public struct Errno: Error, Equatable, Sendable {
    public let code: Int32

    public init(_ code: Int32) {
        self.code = code
    }

    /// What the last failed call of this thread left in `errno`.
    public static var last: Errno { Errno(linux_errno()) }

    /// The C library's text for the number, as strerror(3) gives it.
    public var text: String {
        String(cString: strerror(code))
    }
}

/// Returns a C call's result, or throws what the call left in `errno` where the result is negative.
@discardableResult
public func checked<Result: SignedInteger>(_ result: Result) throws(Errno) -> Result {
    guard result >= 0 else { throw Errno.last }
    return result
}
