import CLinux
import LinuxSystem

/// What tells one state of a file or directory from another: where it is, its size and its times.
///
/// The change time is nobody's to set, so that equal identities mean equal content, owner and mode.
struct FileIdentity: Equatable {
    /// `st_dev`, `st_ino`, `st_size`, and seconds and nanoseconds of `st_mtim` and `st_ctim`.
    let numbers: [Int]

    init(_ status: stat) {
        numbers = [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }

    init(numbers: [Int]) {
        self.numbers = numbers
    }

    /// The identity of what stands at a path now, symbolic links followed: fstatat(2).
    init?(at path: Bytes) {
        var status = stat()
        guard path.withCString({ fstatat(AT_FDCWD, $0, &status, 0) }) == 0 else { return nil }
        self.init(status)
    }

    /// When the file was last changed, in seconds since 1970.
    var changed: Int { numbers[5] }
}

/// The files and directories that an answer was made from.
final class Evidence {
    struct File: Equatable {
        var path: Bytes
        var identity: FileIdentity
    }

    private(set) var files: [File] = []
    /// Whether nothing else had a part in the answer, so that it stands for as long as the files do.
    private(set) var isComplete = true

    func add(_ path: Bytes, _ status: stat) {
        files.append(File(path: path, identity: FileIdentity(status)))
    }

    /// Tells of something that no file's identity shows.
    func addUnseen() {
        isComplete = false
    }
}
