import CLinux
import LinuxSystem

/// Why a file gives no content.
enum FileRefusal: Error {
    case absent
    /// In words that follow the file's name.
    case refused(String)

    init(_ errno: Errno) {
        self = errno.code == ENOENT || errno.code == ENOTDIR ? .absent : .refused(errno.text)
    }

    var text: String {
        switch self {
        case .absent: "no such file"
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
/// only put another of root's own files in the place. A directory whose listing matters, one of drop-ins, is checked
/// like a file. Below another root than `/` that directory's owner and group count as root: they could have written
/// the whole tree.
struct FileTree: ~Copyable {
    /// nil stands for this process's own root.
    private let root: Int32?
    private let owner: uid_t
    private let group: gid_t
    /// Whether a kernel without openat2(2), before Linux 5.6, must not look up symbolic links outside the tree.
    private let isConfined: Bool

    private init(root: Int32?, owner: uid_t, group: gid_t, isConfined: Bool) {
        self.root = root
        self.owner = owner
        self.group = group
        self.isConfined = isConfined
    }

    /// - Parameter path: The directory that stands for `/`.
    init(root path: Bytes) throws(FileRefusal) {
        guard !path.equals("/") else {
            self.init(root: nil, owner: 0, group: 0, isConfined: false)
            return
        }
        do throws(Errno) {
            let directory = try checked(path.withCString { linux_open($0, Self.directoryOnly, 0) })
            // fstat(2) cannot fail here; if it did, root would be the only owner.
            var status = stat()
            fstat(directory, &status)
            self.init(root: directory, owner: status.st_uid, group: status.st_gid, isConfined: true)
        } catch {
            throw FileRefusal(error)
        }
    }

    /// A directory of `tree`, as the root of a tree with the same owner.
    init(_ path: Bytes, of tree: borrowing FileTree) throws(FileRefusal) {
        let directory: Int32
        do { directory = try tree.descriptor(path, Self.directoryOnly) } catch { throw FileRefusal(error) }
        self.init(root: directory, owner: tree.owner, group: tree.group, isConfined: tree.isConfined)
    }

    deinit {
        if let root { close(root) }
    }

    private static let directoryOnly = Int32(linux_o_path) | O_DIRECTORY | O_CLOEXEC

    /// openat2(2), or open(2) where the tree is the whole machine.
    func open(_ path: Bytes, _ flags: Int32) throws(Errno) -> FileDescriptor {
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

    /// Reads a regular file of at most `limit` bytes that only root may write to.
    func read(_ path: Bytes, limit: Int) throws(FileRefusal) -> Bytes {
        let file: FileDescriptor
        do { file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw FileRefusal(error) }
        return try read(file, limit: limit)
    }

    /// Reads an open file under the same conditions.
    func read(_ file: borrowing FileDescriptor, limit: Int) throws(FileRefusal) -> Bytes {
        try check(file)
        do {
            return try file.readRegularFile(limit: limit)
        } catch {
            throw .refused(error.text)
        }
    }

    /// Refuses a file or directory that others than root may write to.
    func check(_ file: borrowing FileDescriptor) throws(FileRefusal) {
        let status: stat
        do { status = try file.status() } catch { throw FileRefusal(error) }
        guard status.st_uid == 0 || status.st_uid == owner else { throw .refused("it does not belong to root") }
        guard status.st_mode & 0o002 == 0 else { throw .refused("everyone may write to it") }
        guard status.st_mode & 0o020 == 0 || status.st_gid == 0 || status.st_gid == group else {
            throw .refused("a group other than root's may write to it")
        }
    }
}
