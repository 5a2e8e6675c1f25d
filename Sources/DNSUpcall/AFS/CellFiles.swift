import CLinux
import LinuxSystem

/// A file or directory of the AFS configuration that could not be read, or a part of it that could not be parsed.
public struct CellFileProblem: Sendable {
    public let path: Bytes
    public let reason: String

    public var text: String { "\(escaped(path)): \(reason)" }
}

/// The files that configure cells; tests substitute their own.
protocol CellFiles {
    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes
    /// The names in a directory, sorted, except hidden ones.
    func entries(of directory: Bytes) throws(FileProblem) -> [Bytes]
}

/// The files below a directory that serves as `/`.
struct SystemCellFiles: CellFiles {
    private static let mostEntries = 1000

    let root: Bytes

    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        try FileTree(root: root).readUntrusted(path, limit: limit)
    }

    func entries(of directory: Bytes) throws(FileProblem) -> [Bytes] {
        let tree = try FileTree(root: root)
        var names: [Bytes] = []
        do throws(Errno) {
            try tree.open(directory, O_RDONLY | O_DIRECTORY).forEachEntry { name, _ in
                if name.first != UInt8(ascii: ".") { names.append(Bytes(name)) }
                return names.count < Self.mostEntries
            }
        } catch {
            throw .failed(error)
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
