import CKeyutils
import CLinux

/// The kernel's cached names: the keys of type `dns_resolver` that this user may see.
public struct KernelCache {
    public private(set) var keys: [CachedKey]
    private let keyring: Int32?

    /// Reads `/proc/keys` and asks the kernel for the rest.
    public init() throws(Errno) {
        let table = try KeyTable()
        keyring = table.kernelKeyring
        keys = table.keys
        let members = keyring.flatMap(Self.members)
        for index in keys.indices {
            if let members { keys[index].isForFileSystems = members.contains(keys[index].serial) }
            if keys[index].state == .negative(nil) {
                keys[index].state = .negative(Self.errno(of: keys[index].serial))
            }
        }
    }

    /// Discards one answer: keyctl_invalidate(3).
    public func invalidate(_ key: CachedKey) throws(Errno) {
        try checked(keyctl_invalidate(key.serial))
    }

    /// Discards all answers that the kernel's file systems have requested: keyctl_clear(3).
    public func clear() throws(Errno) {
        guard let keyring else { throw Errno(ENOKEY) }
        try checked(keyctl_clear(keyring))
    }

    /// The serial numbers of the keys in a keyring: keyctl_read(3).
    private static func members(of keyring: Int32) -> [Int32]? {
        var serials = [Int32](repeating: 0, count: 1 << 16)
        let size = serials.withUnsafeMutableBytes { room in
            keyctl_read(keyring, room.baseAddress?.assumingMemoryBound(to: CChar.self), room.count)
        }
        // If the keyring has more keys than that, its members are not known.
        guard size >= 0, size <= serials.count * 4 else { return nil }
        return Array(serials.prefix(size / 4))
    }

    /// The error that requesters of a negative key get; reading the key fails with it.
    private static func errno(of key: Int32) -> Errno? {
        guard keyctl_read(key, nil, 0) < 0 else { return nil }
        let errno = Errno.last
        // Not the key's error, but what has happened to the key since.
        return [ENOENT, EKEYEXPIRED, EKEYREVOKED, EACCES].contains(errno.code) ? nil : errno
    }
}
