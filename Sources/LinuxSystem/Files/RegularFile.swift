import CLinux

/// Why a file or directory was not read.
public enum FileProblem: Error, Equatable, Sendable {
    case failed(Errno)
    /// A FIFO, device or socket: a read could block or never end.
    case notRegular
    case isDirectory
    /// Larger than the reader's limit, in bytes.
    case tooLarge(limit: Int)
    /// More entries than the reader's limit.
    case tooManyEntries(limit: Int)
    /// Someone other than root could have written it.
    case distrusted(Distrust)

    /// Whether there is nothing at the path.
    public var isAbsence: Bool { self == .failed(Errno(ENOENT)) || self == .failed(Errno(ENOTDIR)) }

    public var text: String {
        switch self {
        case .failed(let errno): errno.text
        case .notRegular: "not a regular file"
        case .isDirectory: "it is a directory"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .tooManyEntries(let limit): "it has more than \(limit) entries"
        case .distrusted(let reason): reason.text
        }
    }
}

/// Why the content of a file is not trusted.
public enum Distrust: Equatable, Sendable {
    case foreignOwner
    case writableByEveryone
    case writableByGroup
    case writableByACL

    public var text: String {
        switch self {
        case .foreignOwner: "it does not belong to root"
        case .writableByEveryone: "everyone may write to it"
        case .writableByGroup: "a group other than root's may write to it"
        case .writableByACL: "its access control list lets others write to it"
        }
    }
}

/// Reads a whole file of at most `limit` bytes. Whatever is at the path, this neither blocks nor reads forever: it
/// opens with `O_NONBLOCK` and accepts only regular files.
public func readRegularFile(_ path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
    let file: FileDescriptor
    do { file = try .open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw .failed(error) }
    return try file.readRegularFile(limit: limit)
}

extension FileDescriptor {
    /// Reads a whole file, which must be a regular file of at most `limit` bytes.
    ///
    /// - Parameter check: Throws to refuse a file by its status and its other properties.
    public func readRegularFile(
        limit: Int, _ check: (borrowing FileDescriptor, stat) throws(FileProblem) -> Void = { _, _ in }
    ) throws(FileProblem) -> Bytes {
        let status: stat
        do { status = try self.status() } catch { throw .failed(error) }
        guard !status.isDirectory else { throw .isDirectory }
        guard status.isRegularFile else { throw .notRegular }
        try check(self, status)
        guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
        let content: Bytes
        do { content = try self.content(limit: limit, expecting: Int(status.st_size)) } catch {
            throw .failed(error)
        }
        guard content.count <= limit else { throw .tooLarge(limit: limit) }
        return content
    }
}

extension stat {
    public var isRegularFile: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFREG) }
    public var isDirectory: Bool { st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) }
}
