import CKeyutils
import CLinux

/// A key of the kernel's, being constructed by the `/sbin/request-key` that started this process and that has assumed
/// the authority over it: request_key_auth(7).
public struct Key: Sendable {
    /// The largest payload the key type `dns_resolver` stores whole, in bytes.
    public static let largestPayload = 65_535

    public let id: key_serial_t

    public init(id: key_serial_t) {
        self.id = id
    }

    /// `type;uid;gid;permissions;description`: keyctl_describe(3).
    public func describe() throws(Errno) -> Bytes {
        // The kernel takes descriptions of up to 4,095 bytes, and prefixes less than 100.
        var description = try fill(limit: 8192) { keyctl_describe(id, $0, $1) }
        if description.last == 0 { description.removeLast() }
        return description
    }

    /// The text the requester gave along: the payload of the authorisation key, read by keyctl_read(3).
    public static func authorisationCallout() throws(Errno) -> Bytes {
        // request_key(2) takes at most a page.
        try fill(limit: 8192) { keyctl_read(KEY_SPEC_REQKEY_AUTH_KEY, $0, $1) }
    }

    /// How many seconds the key will live: keyctl_set_timeout(3). It stays in force when the key is instantiated
    /// afterwards. Zero would mean for ever.
    public func setTimeout(seconds: UInt32) throws(Errno) {
        try checked(keyctl_set_timeout(id, Self.kernelSeconds(seconds)))
    }

    /// Gives the key its payload and wakes everyone who waits for it: keyctl_instantiate(3).
    public func instantiate(payload: Bytes) throws(Errno) {
        try checked(payload.withUnsafeBytes { keyctl_instantiate(id, $0.baseAddress, $0.count, 0) })
    }

    /// The same for a signal handler: it makes nothing but the system call.
    func instantiate(payload: UnsafeRawBufferPointer) throws(Errno) {
        try checked(keyctl_instantiate(id, payload.baseAddress, payload.count, 0))
    }

    /// Makes the key negative for some seconds: who waits for it gets `errno`: keyctl_reject(3).
    public func reject(errno: Errno, seconds: UInt32) throws(Errno) {
        try checked(keyctl_reject(id, Self.kernelSeconds(seconds), UInt32(errno.code), 0))
    }

    /// A lifetime as the kernel must be told it. It counts the seconds of the wall clock: a key that is to live for one
    /// second ends with the present second. If that comes before this process has ended, which on a busy machine takes
    /// some tenths of a second, who asked gets ENOKEY and not the answer. Told two, it lives for one at least.
    private static func kernelSeconds(_ seconds: UInt32) -> UInt32 {
        max(seconds, 2)
    }
}

/// Calls `body` with a buffer of at most `limit` bytes; it returns how many bytes there are, which may be more than fit.
private func fill(
    limit: Int, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int
) throws(Errno) -> Bytes {
    // Most texts are short, and memory that nobody touched before costs a page fault.
    var capacity = 512
    while true {
        var total = 0
        let bytes = Bytes(unsafeUninitializedCapacity: capacity) { buffer, count in
            total = buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!, capacity) }
            count = Swift.min(Swift.max(total, 0), capacity)
        }
        if try checked(total) <= capacity { return bytes }
        guard capacity < limit else { throw Errno(EMSGSIZE) }
        capacity = limit
    }
}
