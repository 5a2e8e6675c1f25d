import CLinux

/// What distinguishes one state of a file or directory from another: its location, size and times.
///
/// Nobody can set the change time, so equal identities mean equal content, owner and mode.
public struct FileIdentity: Equatable {
    /// `st_dev`, `st_ino`, `st_size`, and the seconds and nanoseconds of `st_mtim` and `st_ctim`.
    public let numbers: [Int]

    public init(_ status: stat) {
        numbers = [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }

    public init(numbers: [Int]) {
        self.numbers = numbers
    }

    /// The identity of the file or directory now at a path, following symbolic links: fstatat(2).
    public init?(at path: Bytes) {
        var status = stat()
        guard path.withCString({ fstatat(AT_FDCWD, $0, &status, 0) }) == 0 else { return nil }
        self.init(status)
    }

    /// When the file was last changed, in seconds since 1970.
    public var changed: Int { numbers[5] }
}

/// The files and directories that an answer is based on.
public final class Evidence {
    public struct File: Equatable {
        public var path: Bytes
        public var identity: FileIdentity

        public init(path: Bytes, identity: FileIdentity) {
            self.path = path
            self.identity = identity
        }
    }

    public private(set) var files: [File] = []
    /// Whether the answer depends on nothing else, so that it stays valid until one of the files changes.
    public private(set) var isComplete = true
    /// Is told what is looked at, before it is.
    public var note: SharedNote?

    func add(_ path: Bytes, _ status: stat) {
        files.append(File(path: path, identity: FileIdentity(status)))
    }

    /// Records a dependency that no file's identity shows.
    public func addUnseen() {
        isComplete = false
    }
}
