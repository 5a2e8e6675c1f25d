import CLinux
import LinuxSystem

/// Why a file gives no content.
public enum FileRefusal: Error {
    case absent
    case isDirectory
    /// In words that follow the file's name.
    case refused(String)

    public init(_ errno: Errno) {
        self = errno.code == ENOENT || errno.code == ENOTDIR ? .absent : .refused(errno.text)
    }

    public var text: String {
        switch self {
        case .absent: "no such file"
        case .isDirectory: "it is a directory"
        case .refused(let reason): reason
        }
    }
}

/// A directory that stands for `/`: every path, and every absolute symbolic link, is looked up below it, with
/// openat2(2) and `RESOLVE_IN_ROOT`.
///
/// Who could change what is read here could send the node's storage to another server. So a file has to belong to
/// root, and nobody else may write to it: neither everyone nor a group other than root's. The open file is checked,
/// so there is nothing to win by swapping it. The directories on the way are not: who may write to one of them can
/// only put another of root's own files in the place. A directory whose listing matters, one of drop-ins, is
/// checked like a file. Below another root than `/` that directory's owner and group count as root: they could have
/// written the whole tree.
public struct FileTree: ~Copyable {
    /// nil stands for this process's own root.
    private let root: Int32?
    private let owner: uid_t
    private let group: gid_t
    /// Whether a kernel without openat2(2), before Linux 5.6, must not look up symbolic links outside the tree.
    private let isConfined: Bool
    /// What was read, for ``DiscoveryMemory``.
    let evidence: Evidence

    private init(root: Int32?, owner: uid_t, group: gid_t, isConfined: Bool, evidence: Evidence = Evidence()) {
        self.evidence = evidence
        self.root = root
        self.owner = owner
        self.group = group
        self.isConfined = isConfined
    }

    /// - Parameter path: The directory that stands for `/`. Another one than `/` takes a kernel with openat2(2).
    public init(root path: Bytes) throws(FileRefusal) {
        guard !path.equals("/") else {
            self.init(root: nil, owner: 0, group: 0, isConfined: false)
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
            // fstat(2) cannot fail here; if it did, root would be the only owner.
            var status = stat()
            fstat(directory, &status)
            self.init(root: directory, owner: status.st_uid, group: status.st_gid, isConfined: true)
        } catch {
            guard error.code != ENOSYS else {
                throw .refused("this kernel cannot keep reads below a directory: it has no openat2(2)")
            }
            throw FileRefusal(error)
        }
    }

    /// A directory of `tree`, as the root of a tree with the same owner.
    init(_ path: Bytes, of tree: borrowing FileTree) throws(FileRefusal) {
        let directory: Int32
        do { directory = try tree.descriptor(path, Self.directoryOnly) } catch { throw FileRefusal(error) }
        self.init(
            root: directory, owner: tree.owner, group: tree.group, isConfined: tree.isConfined,
            evidence: tree.evidence)
    }

    deinit {
        if let root { close(root) }
    }

    private static let directoryOnly = Int32(linux_o_path) | O_DIRECTORY | O_CLOEXEC

    /// openat2(2), or open(2) where the tree is the whole machine.
    public func open(_ path: Bytes, _ flags: Int32) throws(Errno) -> FileDescriptor {
        FileDescriptor(owning: try descriptor(path, flags | O_CLOEXEC))
    }

    private func descriptor(_ path: Bytes, _ flags: Int32) throws(Errno) -> Int32 {
        guard !path.contains(0) else { throw Errno(EINVAL) }
        guard let root else { return try checked(path.withCString { linux_open($0, flags, 0) }) }
        for _ in 0..<8 {
            let descriptor = path.withCString { linux_openat2(root, $0, flags, UInt64(RESOLVE_IN_ROOT)) }
            if descriptor >= 0 { return descriptor }
            let problem = Errno.last
            if problem.code == ENOSYS, !isConfined {
                let relative = Bytes(path.drop { $0 == UInt8(ascii: "/") })
                return try checked(relative.withCString { linux_openat(root, $0, flags) })
            }
            // EAGAIN: the tree changed during a step upwards.
            guard problem.code == EAGAIN else { throw problem }
        }
        throw Errno(EAGAIN)
    }

    /// The root directory of a process, which `process` is the directory of below `/proc` in this tree.
    ///
    /// A process of another user's has none to look at without privileges, nor has a real `/proc` below another
    /// root, where openat2(2) follows no magic links: then this tree is taken for the process's.
    func root(of process: borrowing FileTree, pid: Int) throws(FileRefusal) -> FileTree {
        do throws(Errno) {
            let directory =
                if isConfined {
                    try descriptor(Bytes("/proc/\(pid)/root".utf8), Self.directoryOnly)
                } else {
                    try checked(linux_openat(process.root ?? -1, "root", Self.directoryOnly))
                }
            return FileTree(
                root: directory, owner: owner, group: group, isConfined: isConfined, evidence: evidence)
        } catch {
            let isHidden = error.code == EACCES || error.code == EPERM || isConfined
            guard isHidden else { throw FileRefusal(error) }
            return try FileTree(Bytes("/"), of: self)
        }
    }

    /// The target of a symbolic link in the tree's root directory: readlinkat(2).
    func link(_ name: StaticString) -> Bytes? {
        guard let root else { return nil }
        var length = -1
        let target = Bytes(unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            length = Bytes(name).withCString { name in
                buffer.withMemoryRebound(to: CChar.self) { readlinkat(root, name, $0.baseAddress!, $0.count) }
            }
            count = max(length, 0)
        }
        return length > 0 ? target : nil
    }

    /// Whether there is a directory at `path`, or something else; nil for nothing at all.
    ///
    /// - Parameter following: Whether a symbolic link counts as what it points to.
    func isDirectory(_ path: Bytes, following: Bool = true) -> Bool? {
        let flags = Int32(linux_o_path) | (following ? 0 : O_NOFOLLOW)
        guard let file = try? open(path, flags), let status = try? file.status() else { return nil }
        return status.isDirectory
    }

    /// Reads a regular file of at most `limit` bytes that only root may write to.
    ///
    /// - Parameter groupMayWrite: Whether any group may write to it as well.
    func read(_ path: Bytes, limit: Int, groupMayWrite: Bool = false) throws(FileRefusal) -> Bytes {
        let file: FileDescriptor
        do { file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw FileRefusal(error) }
        let status = try status(of: file)
        guard !status.isDirectory else { throw .isDirectory }
        guard status.isRegularFile else { throw .refused("it is not a regular file") }
        try check(status, groupMayWrite: groupMayWrite)
        guard status.st_size <= limit else { throw .refused("it is larger than \(limit) bytes") }
        let content: Bytes
        do { content = try file.content(limit: limit, expecting: Int(status.st_size)) } catch {
            throw FileRefusal(error)
        }
        guard content.count <= limit else { throw .refused("it is larger than \(limit) bytes") }
        evidence.add(path, status)
        return content
    }

    /// Reads a file of the kernel's, below `/proc` or `/sys`, of at most `limit` bytes; nil where that fails.
    ///
    /// Such a file has neither a size nor another writer than root. Its text comes with the first read that has
    /// room for all of it, lists in whole lines.
    func readKernelFile(_ path: Bytes, limit: Int = 1 << 16) -> Bytes? {
        guard let file = try? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        var content = Bytes()
        while true {
            let (room, longestLine) = (4096, 32)
            var length = -1
            let chunk = Bytes(unsafeUninitializedCapacity: room) { buffer, count in
                length = CLinux.read(file.rawValue, buffer.baseAddress, room)
                count = max(length, 0)
            }
            guard length >= 0, content.count + length <= limit else { return nil }
            if content.isEmpty { content = chunk } else { content += chunk }
            if length + longestLine < room { return content }
        }
    }

    /// The names in a directory that only root may write to, in byte order, with their types.
    func list(_ path: Bytes, atMost limit: Int) throws(FileRefusal) -> [(name: Bytes, type: DirectoryEntryType)] {
        let directory: FileDescriptor
        do { directory = try open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY) } catch { throw FileRefusal(error) }
        let status = try status(of: directory)
        try check(status)
        var entries: [(name: Bytes, type: DirectoryEntryType)] = []
        do {
            try directory.forEachEntry { name, type in
                entries.append((Bytes(name), type))
                return entries.count <= limit
            }
        } catch {
            throw FileRefusal(error)
        }
        guard entries.count <= limit else { throw .refused("it has more than \(limit) entries") }
        evidence.add(path, status)
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func status(of file: borrowing FileDescriptor) throws(FileRefusal) -> stat {
        do { return try file.status() } catch { throw FileRefusal(error) }
    }

    /// Refuses a file or directory that others than root may write to.
    private func check(_ status: stat, groupMayWrite: Bool = false) throws(FileRefusal) {
        if let reason = distrust(of: status, groupMayWrite: groupMayWrite) { throw .refused(reason) }
    }

    /// Why others than root may write to a file or directory, in words that follow its name; nil where they may not.
    ///
    /// - Parameter groupMayWrite: Whether any group may write to it as well.
    public func distrust(of status: stat, groupMayWrite: Bool = false) -> String? {
        if status.st_uid != 0, status.st_uid != owner { return "it does not belong to root" }
        if status.st_mode & 0o002 != 0 { return "everyone may write to it" }
        if status.st_mode & 0o020 != 0, status.st_gid != 0, status.st_gid != group, !groupMayWrite {
            return "a group other than root's may write to it"
        }
        return nil
    }
}

extension stat {
    fileprivate var isDirectory: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) }
}
