import LinuxSystem

/// A file or directory of the AFS configuration that could not be read, or a part of it that is not understood.
public struct CellFileProblem: Sendable {
    public let path: Bytes
    public let reason: String

    public var text: String { "\(escaped(path)): \(reason)" }
}

/// The file system, from which tests keep away.
protocol CellFiles {
    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes
    /// The names in a directory, sorted, without hidden ones.
    func entries(of directory: Bytes) throws(Errno) -> [Bytes]
}

struct SystemCellFiles: CellFiles {
    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        try readRegularFile(path, limit: limit)
    }

    func entries(of directory: Bytes) throws(Errno) -> [Bytes] {
        try directoryEntries(directory, limit: 1000)
    }
}
