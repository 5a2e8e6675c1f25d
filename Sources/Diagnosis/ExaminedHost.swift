import CLinux
import LinuxSystem

/// The host under examination: this one, or the files of another one below a directory.
struct ExaminedHost: ~Copyable {
    let tree: FileTree
    /// Whether it is this host, so that its kernel and servers can be asked.
    let isLive: Bool
    /// Whether root runs the check: other users cannot see everything.
    let isRoot = geteuid() == 0
    /// The file that this process runs, on this host.
    let program: Bytes

    init(root: Bytes, program: Bytes = Bytes("/proc/self/exe")) throws(FileProblem) {
        tree = try FileTree(root: root)
        self.program = program
        isLive = root.equals("/")
    }

    /// The status of the file at a path; nil if there is none: fstat(2).
    ///
    /// - Parameter following: Whether to follow a symbolic link.
    func status(of path: Bytes, following: Bool = true) -> stat? {
        let flags = Int32(linux_o_path) | (following ? 0 : O_NOFOLLOW)
        guard let file = try? tree.open(path, flags) else { return nil }
        return try? file.status()
    }

    func exists(_ path: StaticString) -> Bool { status(of: Bytes(path)) != nil }

    /// A regular file's content, no matter who may write to it.
    func read(_ path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        try tree.readUntrusted(path, limit: limit)
    }

    /// The names in a directory with their types, in the order of readdir(3).
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
    var isSymbolicLink: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFLNK) }
    /// Whether root may execute the file.
    var isExecutable: Bool { st_mode & 0o111 != 0 }

    /// The permissions, as for chmod(1).
    var mode: String {
        var digits = Bytes()
        for shift in [mode_t(9), 6, 3, 0] { digits.append(UInt8(ascii: "0") + UInt8(st_mode >> shift & 7)) }
        return String(decoding: digits, as: UTF8.self)
    }
}
