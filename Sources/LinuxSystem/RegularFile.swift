import CLinux

/// Why a file was not read.
public enum FileProblem: Error, Equatable, Sendable {
    case failed(Errno)
    /// A FIFO, device, socket or directory, which could block or never end.
    case notRegular
    /// Larger than the reader's limit, in bytes.
    case tooLarge(limit: Int)

    public var text: String {
        switch self {
        case .failed(let errno): errno.text
        case .notRegular: "not a regular file"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        }
    }
}

/// Reads a whole file of at most `limit` bytes. Whatever stands at the path, this neither blocks nor reads without
/// end: it opens with `O_NONBLOCK` and accepts regular files only.
public func readRegularFile(_ path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
    let file: FileDescriptor
    do { file = try .open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) } catch { throw .failed(error) }
    return try file.readRegularFile(limit: limit)
}

extension FileDescriptor {
    /// Reads a whole file, which must be a regular one of at most `limit` bytes.
    public func readRegularFile(limit: Int) throws(FileProblem) -> Bytes {
        let status: stat
        do { status = try self.status() } catch { throw .failed(error) }
        guard status.isRegularFile else { throw .notRegular }
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
}
