import CLinux
import KubeletDiscovery
import LinuxSystem

/// The host that is examined: this one, or the files of another below a directory.
struct ExaminedHost: ~Copyable {
    let tree: FileTree
    /// Whether it is this host, whose kernel and servers can be asked.
    let isLive: Bool
    /// Whether root looks: others cannot see everything.
    let isRoot = geteuid() == 0
    /// The file that this process runs, on this host.
    let program: Bytes

    init(root: Bytes, program: Bytes = Bytes("/proc/self/exe")) throws(FileRefusal) {
        tree = try FileTree(root: root)
        self.program = program
        isLive = root.equals("/")
    }

    /// The status of what stands at a path; nil for nothing: fstat(2).
    ///
    /// - Parameter following: Whether a symbolic link counts as what it points to.
    func status(of path: Bytes, following: Bool = true) -> stat? {
        let flags = Int32(linux_o_path) | (following ? 0 : O_NOFOLLOW)
        guard let file = try? tree.open(path, flags) else { return nil }
        return try? file.status()
    }

    func exists(_ path: StaticString) -> Bool { status(of: Bytes(path)) != nil }

    /// A regular file's content, whoever may write to it.
    func read(_ path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        let file: FileDescriptor
        do { file = try tree.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw .failed(error) }
        return try file.readRegularFile(limit: limit)
    }

    /// The names in a directory with their types, in the order in which readdir(3) gives them.
    func entries(of path: Bytes, atMost limit: Int) throws(Errno) -> [(name: Bytes, type: DirectoryEntryType)] {
        var entries: [(name: Bytes, type: DirectoryEntryType)] = []
        try tree.open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK).forEachEntry { name, type in
            entries.append((Bytes(name), type))
            return entries.count < limit
        }
        return entries
    }
}

extension stat {
    var isDirectory: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) }
    var isSymbolicLink: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFLNK) }
    /// Whether root may execute the file.
    var isExecutable: Bool { st_mode & 0o111 != 0 }

    /// The permissions as chmod(1) takes them.
    var mode: String {
        var digits = Bytes()
        for shift in [mode_t(9), 6, 3, 0] { digits.append(UInt8(ascii: "0") + UInt8(st_mode >> shift & 7)) }
        return String(decoding: digits, as: UTF8.self)
    }
}
