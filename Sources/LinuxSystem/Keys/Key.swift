import CKeyutils
import CLinux

/// A kernel key under construction. The `/sbin/request-key` that started this process has assumed the authority
/// over it: request_key_auth(7).
public struct Key: Sendable {
    /// The largest payload that the key type `dns_resolver` stores whole, in bytes.
    public static let largestPayload = 65_535

    public let id: key_serial_t

    public init(id: key_serial_t) {
        self.id = id
    }

    /// `type;uid;gid;permissions;description`: keyctl_describe(3).
    public func describe() throws(Errno) -> Bytes {
        // The kernel accepts descriptions of up to 4,095 bytes, and adds a prefix of less than 100.
        var description = try fill(limit: 8192) { keyctl_describe(id, $0, $1) }
        if description.last == 0 { description.removeLast() }
        return description
    }

    /// The five fields of what ``describe()`` returns; the last one may contain semicolons. Nil for anything else.
    public static func fields(of text: Bytes) -> [ArraySlice<UInt8>]? {
        let fields = text.split(separator: UInt8(ascii: ";"), maxSplits: 4, omittingEmptySubsequences: false)
        return fields.count == 5 ? fields : nil
    }

    /// The requester's callout information: the payload of the authorisation key, read with keyctl_read(3).
    public static func authorisationCallout() throws(Errno) -> Bytes {
        // request_key(2) accepts at most one page.
        try fill(limit: 8192) { keyctl_read(KEY_SPEC_REQKEY_AUTH_KEY, $0, $1) }
    }

    /// The keyring that the key will be linked to: `KEY_SPEC_REQUESTOR_KEYRING` of linux/keyctl.h, which keyutils.h
    /// lacks.
    private static let destination = Key(id: -8)

    /// Whether the key will be linked to the kernel's own keyring `.dns_resolver`. No user can create one whose name
    /// begins with a dot.
    public static var isConstructedForKernel: Bool {
        guard let text = try? destination.describe(), let fields = fields(of: text) else { return false }
        return fields[0].equals("keyring") && fields[1].equals("0") && fields[4].equals(".dns_resolver")
    }

    /// Sets the key's lifetime in seconds: keyctl_set_timeout(3). It stays in force when the key is instantiated
    /// afterwards. The kernel is told 2 for 0 and 1, see `kernelSeconds`.
    public func setTimeout(seconds: UInt32) throws(Errno) {
        try checked(keyctl_set_timeout(id, Self.kernelSeconds(seconds)))
    }

    /// Gives the key its payload and wakes all requesters: keyctl_instantiate(3).
    public func instantiate(payload: Bytes) throws(Errno) {
        try checked(payload.withUnsafeBytes { keyctl_instantiate(id, $0.baseAddress, $0.count, 0) })
    }

    /// Makes the key negative for some seconds; requesters get `errno`: keyctl_reject(3).
    public func reject(errno: Errno, seconds: UInt32) throws(Errno) {
        try checked(keyctl_reject(id, Self.kernelSeconds(seconds), UInt32(errno.code), 0))
    }

    /// The lifetime to pass to the kernel. The kernel counts seconds of the wall clock: a key with a lifetime of
    /// one second expires at the end of the current second. If that happens before this process has ended, which
    /// takes some tenths of a second on a busy machine, the requester gets ENOKEY instead of the answer. With two,
    /// the key lives for at least one second.
    private static func kernelSeconds(_ seconds: UInt32) -> UInt32 {
        max(seconds, 2)
    }
}

/// Calls `body` with a buffer of at most `limit` bytes; `body` returns the total size, which may be more than fits.
private func fill(
    limit: Int, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int
) throws(Errno) -> Bytes {
    // Most texts are short, and untouched memory costs a page fault.
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
