import CLinux

/// A directory that serves as `/`: every path and every absolute symbolic link is resolved below it, with
/// openat2(2) and `RESOLVE_IN_ROOT`.
///
/// Anyone who can change what is read here can redirect the node's storage to another server. So a file must belong
/// to root, and nobody else may write to it: neither everyone nor a group other than root's. The check is on the
/// open file, so swapping the file gains nothing. The directories on the path are not checked: a user who can write
/// to one of them can only substitute another of root's own files. A directory whose listing matters (one of
/// drop-ins) is checked like a file. If the root is not `/`, that directory's owner and group count as root: they
/// could have written the whole tree.
public struct FileTree: ~Copyable {
    /// nil means this process's own root.
    private let root: Int32?
    private let owner: uid_t
    private let group: gid_t
    /// Whether symbolic links must not lead outside the tree, even on a kernel without openat2(2), before Linux
    /// 5.6.
    private let isConfined: Bool
    /// What has been read, for callers that remember what they found there.
    public let evidence: Evidence

    /// Whether the process was root when it opened the tree, and so can see every process.
    public let isReadByRoot: Bool

    private init(
        root: Int32?, owner: uid_t, group: gid_t, isConfined: Bool, isReadByRoot: Bool,
        evidence: Evidence = Evidence()
    ) {
        self.isReadByRoot = isReadByRoot
        self.evidence = evidence
        self.root = root
        self.owner = owner
        self.group = group
        self.isConfined = isConfined
    }

    /// - Parameters:
    ///   - path: The directory that serves as `/`.
    ///   - isReadByRoot: For a process that has already dropped most of root's privileges.
    /// - Throws: `ENOSYS` for a directory other than `/` if the kernel has no openat2(2), before Linux 5.6.
    public init(root path: Bytes, isReadByRoot: Bool = geteuid() == 0) throws(FileProblem) {
        guard !path.equals("/") else {
            self.init(root: nil, owner: 0, group: 0, isConfined: false, isReadByRoot: isReadByRoot)
            return
        }
        do throws(Errno) {
            let directory = try checked(path.withCString { linux_open($0, Self.directoryOnly, 0) })
            let again = linux_openat2(directory, ".", Self.directoryOnly, UInt64(RESOLVE_IN_ROOT))
            guard again >= 0 else {
                let problem = Errno.last
                close(directory)
                throw problem
            }
            close(again)
            // fstat(2) cannot fail here; if it did, root would be the only trusted owner.
            var status = stat()
            fstat(directory, &status)
            self.init(
                root: directory, owner: status.st_uid, group: status.st_gid, isConfined: true,
                isReadByRoot: isReadByRoot)
        } catch {
            throw .failed(error)
        }
    }

    /// A directory of `tree`, as the root of a tree with the same owner.
    public init(_ path: Bytes, of tree: borrowing FileTree) throws(FileProblem) {
        let directory: Int32
        do { directory = try tree.descriptor(path, Self.directoryOnly) } catch { throw .failed(error) }
        self.init(
            root: directory, owner: tree.owner, group: tree.group, isConfined: tree.isConfined,
            isReadByRoot: tree.isReadByRoot,
            evidence: tree.evidence)
    }

    deinit {
        if let root { close(root) }
    }

    private static let directoryOnly = Int32(linux_o_path) | O_DIRECTORY | O_CLOEXEC

    /// openat2(2), or open(2) if the tree is the whole machine.
    public func open(_ path: Bytes, _ flags: Int32) throws(Errno) -> FileDescriptor {
        FileDescriptor(owning: try descriptor(path, flags | O_CLOEXEC))
    }

    private func descriptor(_ path: Bytes, _ flags: Int32) throws(Errno) -> Int32 {
        guard !path.contains(0) else { throw Errno(EINVAL) }
        // A path relative to a directory in /proc says little: there, the note is the process.
        if path.first == UInt8(ascii: "/") { evidence.note?.write(path) }
        guard let root else { return try checked(path.withCString { linux_open($0, flags, 0) }) }
        for _ in 0..<8 {
            let descriptor = path.withCString { linux_openat2(root, $0, flags, UInt64(RESOLVE_IN_ROOT)) }
            if descriptor >= 0 { return descriptor }
            let problem = Errno.last
            if problem.code == ENOSYS, !isConfined {
                let relative = Bytes(path.drop { $0 == UInt8(ascii: "/") })
                return try checked(relative.withCString { linux_openat(root, $0, flags) })
            }
            // EAGAIN: the tree changed while `..` was resolved.
            guard problem.code == EAGAIN else { throw problem }
        }
        throw Errno(EAGAIN)
    }

    /// The root directory of a process. `process` is the process's directory below `/proc` in this tree.
    ///
    /// The root of another user's process is not accessible without privileges, nor is any in a real `/proc` below
    /// another root, where openat2(2) does not follow magic links. In these cases, the result is this tree.
    public func root(of process: borrowing FileTree, pid: Int) throws(FileProblem) -> FileTree {
        do throws(Errno) {
            let directory =
                if isConfined {
                    try descriptor(Bytes("/proc/\(pid)/root".utf8), Self.directoryOnly)
                } else {
                    try checked(linux_openat(process.root ?? -1, "root", Self.directoryOnly))
                }
            return FileTree(
                root: directory, owner: owner, group: group, isConfined: isConfined, isReadByRoot: isReadByRoot,
                evidence: evidence)
        } catch {
            let isHidden = error.code == EACCES || error.code == EPERM || isConfined
            guard isHidden else { throw .failed(error) }
            return try FileTree(Bytes("/"), of: self)
        }
    }

    /// The target of a symbolic link: readlinkat(2). A relative path starts at the tree's root.
    public func link(_ path: Bytes) throws(Errno) -> Bytes {
        if isConfined {
            let file = try open(path, Int32(linux_o_path) | O_NOFOLLOW)
            return try Self.target(of: Bytes(), at: file.rawValue)
        }
        return try Self.target(of: path, at: root ?? AT_FDCWD)
    }

    private static func target(of path: Bytes, at directory: Int32) throws(Errno) -> Bytes {
        try Bytes(capacity: Int(PATH_MAX)) { buffer in
            path.withCString { path in
                buffer.withMemoryRebound(to: CChar.self) { readlinkat(directory, path, $0.baseAddress!, $0.count) }
            }
        }
    }

    /// The status of the target of a link in the tree's root directory, even a target outside the tree: fstatat(2).
    public func statusOfTarget(_ name: StaticString) -> stat? {
        guard let root else { return nil }
        var status = stat()
        return Bytes(name).withCString { fstatat(root, $0, &status, 0) } == 0 ? status : nil
    }

    /// Whether another directory than this machine's root serves as `/`.
    public var isElsewhere: Bool { isConfined }

    /// Whether `path` is a directory (true) or something else (false); nil if nothing is there.
    ///
    /// - Parameter following: Whether to follow a symbolic link.
    public func isDirectory(_ path: Bytes, following: Bool = true) -> Bool? {
        let flags = Int32(linux_o_path) | (following ? 0 : O_NOFOLLOW)
        guard let file = try? open(path, flags), let status = try? file.status() else { return nil }
        return status.isDirectory
    }

    /// Reads a regular file of at most `limit` bytes that only root may write to.
    ///
    /// - Parameter groupMayWrite: Whether any group may write to it as well.
    public func read(_ path: Bytes, limit: Int, groupMayWrite: Bool = false) throws(FileProblem) -> Bytes {
        let file: FileDescriptor
        do { file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw .failed(error) }
        return try file.readRegularFile(limit: limit) { (file, status) throws(FileProblem) in
            try check(file, status, groupMayWrite: groupMayWrite)
            evidence.add(path, status)
        }
    }

    /// Reads a regular file of at most `limit` bytes, no matter who may write to it.
    public func readUntrusted(_ path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        let file: FileDescriptor
        do { file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw .failed(error) }
        return try file.readRegularFile(limit: limit)
    }

    /// Reads a kernel file, below `/proc` or `/sys`, of at most `limit` bytes; nil on failure.
    ///
    /// Such a file has no size, and only root can write to it. A read with enough room returns the whole text;
    /// lists come in whole lines.
    public func readKernelFile(_ path: Bytes, limit: Int = 1 << 16) -> Bytes? {
        guard let file = try? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        var content = Bytes()
        while true {
            let (room, longestLine) = (4096, 32)
            guard let chunk = try? Bytes(capacity: room, { CLinux.read(file.rawValue, $0.baseAddress, room) }),
                content.count + chunk.count <= limit
            else { return nil }
            if content.isEmpty { content = chunk } else { content += chunk }
            if chunk.count + longestLine < room { return content }
        }
    }

    /// The names in a directory that only root may write to, in byte order, with their types.
    public func list(
        _ path: Bytes, atMost limit: Int
    ) throws(FileProblem) -> [(name: Bytes, type: DirectoryEntryType)] {
        let directory: FileDescriptor
        do { directory = try open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY) } catch { throw .failed(error) }
        let status = try status(of: directory)
        try check(directory, status)
        var entries: [(name: Bytes, type: DirectoryEntryType)] = []
        do {
            try directory.forEachEntry { name, type in
                entries.append((Bytes(name), type))
                return entries.count <= limit
            }
        } catch {
            throw .failed(error)
        }
        guard entries.count <= limit else { throw .tooManyEntries(limit: limit) }
        evidence.add(path, status)
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func status(of file: borrowing FileDescriptor) throws(FileProblem) -> stat {
        do { return try file.status() } catch { throw .failed(error) }
    }

    /// Refuses a file or directory that anyone but root may write to.
    private func check(
        _ file: borrowing FileDescriptor, _ status: stat, groupMayWrite: Bool = false
    ) throws(FileProblem) {
        if let reason = distrust(of: status, groupMayWrite: groupMayWrite) { throw .distrusted(reason) }
        if !groupMayWrite, file.isWritableByACL(status) { throw .distrusted(.writableByACL) }
    }

    /// Why someone other than root may write to a file or directory; nil if only root may.
    ///
    /// - Parameter groupMayWrite: Whether any group may write to it as well.
    public func distrust(of status: stat, groupMayWrite: Bool = false) -> Distrust? {
        if status.st_uid != 0, status.st_uid != owner { return .foreignOwner }
        if status.st_mode & 0o002 != 0 { return .writableByEveryone }
        if status.st_mode & 0o020 != 0, status.st_gid != 0, status.st_gid != group, !groupMayWrite {
            return .writableByGroup
        }
        return nil
    }
}
