import CKeyutils
import CLinux
import LinuxSystem

/// The kernel's cached names: the keys of type `dns_resolver` that this user may see.
public struct KernelCache {
    public private(set) var keys: [CachedKey]
    private let keyring: Int32?

    /// Reads `/proc/keys` and asks the kernel for the rest.
    public init() throws(Errno) {
        let table = KeyTable(
            parsing: try FileDescriptor.open(Bytes("/proc/keys"), O_RDONLY).content(limit: 64 << 20),
            describe: Self.description)
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

    /// Forgets one answer: keyctl_invalidate(3).
    func invalidate(_ key: CachedKey) throws(Errno) {
        try checked(keyctl_invalidate(key.serial))
    }

    /// Forgets all answers that the kernel's file systems have asked for: keyctl_clear(3).
    func clear() throws(Errno) {
        guard let keyring else { throw Errno(ENOKEY) }
        try checked(keyctl_clear(keyring))
    }

    private static func description(_ serial: Int32) -> Bytes? {
        guard let text = try? Key(id: serial).describe() else { return nil }
        let fields = text.split(separator: UInt8(ascii: ";"), maxSplits: 4, omittingEmptySubsequences: false)
        return fields.count == 5 ? Bytes(fields[4]) : nil
    }

    /// The serial numbers of the keys in a keyring: keyctl_read(3).
    private static func members(of keyring: Int32) -> [Int32]? {
        var serials = [Int32](repeating: 0, count: 1 << 16)
        let size = serials.withUnsafeMutableBytes { room in
            keyctl_read(keyring, room.baseAddress?.assumingMemoryBound(to: CChar.self), room.count)
        }
        // Of a keyring with more keys than that, it is not known which ones are in it.
        guard size >= 0, size <= serials.count * 4 else { return nil }
        return Array(serials.prefix(size / 4))
    }

    /// The error that who asks for a negative key gets, which reading it fails with.
    private static func errno(of key: Int32) -> Errno? {
        guard keyctl_read(key, nil, 0) < 0 else { return nil }
        let errno = Errno.last
        // Not its error, but what has become of the key since.
        return [ENOENT, EKEYEXPIRED, EKEYREVOKED, EACCES].contains(errno.code) ? nil : errno
    }
}
