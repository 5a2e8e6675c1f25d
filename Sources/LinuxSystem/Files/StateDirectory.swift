import CLinux

/// Where handlers, each a separate process, leave data for later ones. It belongs to root, and is gone after a
/// reboot.
public struct StateDirectory: Sendable {
    public let path: Bytes
    /// The owner of the files in it; nobody else may read or write them.
    public let owner: uid_t

    public static var standard: StateDirectory { StateDirectory(Bytes("/run/resolver"), owner: 0) }

    /// - Parameter path: If it does not exist, it is created along with the first file.
    public init(_ path: Bytes, owner: uid_t) {
        self.path = path
        self.owner = owner
    }

    public func path(of name: StaticString) -> Bytes { path + [UInt8(ascii: "/")] + Bytes(name) }

    /// Whether this is the first call with this name since the machine booted. Without the privileges or the space
    /// to record it, every call counts as the first.
    public func isFirst(_ name: StaticString) -> Bool {
        do throws(Errno) {
            _ = try create(path(of: name))
            return true
        } catch {
            return error.code != EEXIST
        }
    }

    /// Replaces an old file with a new one. The new file is written under another name, so that nobody sees it
    /// unfinished.
    ///
    /// - Parameters:
    ///   - keepsExisting: Whether to keep a file that has been created in the meantime.
    ///   - write: Writes the content.
    public func replace(
        _ name: StaticString, keepsExisting: Bool = false,
        _ write: (borrowing FileDescriptor) throws(Errno) -> Void
    ) throws(Errno) {
        let path = path(of: name)
        let temporary = path + Bytes(".\(getpid())".utf8)
        // A process with the same PID may have been killed here.
        _ = temporary.withCString { unlink($0) }
        defer { _ = temporary.withCString { unlink($0) } }
        try write(create(temporary))
        let result = temporary.withCString { temporary in
            path.withCString { keepsExisting ? link(temporary, $0) : rename(temporary, $0) }
        }
        do { try checked(result) } catch .init(EEXIST) where keepsExisting {}
    }

    /// Opens a file that does not exist yet, for this user alone.
    private func create(_ file: Bytes) throws(Errno) -> FileDescriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        do {
            return try .open(file, flags, mode: 0o600)
        } catch .init(ENOENT) {
            _ = path.withCString { mkdir($0, 0o755) }
            return try .open(file, flags, mode: 0o600)
        }
    }
}
