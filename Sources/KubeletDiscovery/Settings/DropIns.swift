import CLinux
import LinuxSystem

/// The drop-in files of a `--config-dir`, found as Go's `filepath.WalkDir` finds them.
enum DropIns {
    private static let deepest = 16
    private static let mostFiles = 256
    private static let mostEntries = 4096

    /// The paths of all files whose names end in `.conf`, including dotfiles and those in subdirectories, in the
    /// order in which the kubelet merges them.
    ///
    /// A symbolic link does not count as a directory; for `path` itself it does if the path ends in `/`. If `path`
    /// is not a directory, it is the only drop-in, provided that its own name ends in `.conf`.
    static func paths(in path: Bytes, of tree: borrowing FileTree) throws(SourceProblem) -> [Bytes] {
        guard let isDirectory = tree.isDirectory(path, following: false) else {
            throw SourceProblem(.failed(Errno(ENOENT))).at(path)
        }
        guard isDirectory else {
            tree.evidence.addUnseen()
            return isDropIn(path) ? [path] : []
        }
        var paths: [Bytes] = []
        try walk(path, tree, depth: 1, into: &paths)
        return paths
    }

    private static func walk(
        _ directory: Bytes, _ tree: borrowing FileTree, depth: Int, into paths: inout [Bytes]
    ) throws(SourceProblem) {
        guard depth <= deepest else { throw SourceProblem("it is nested too deeply").at(directory) }
        let entries: [(name: Bytes, type: DirectoryEntryType)]
        do { entries = try tree.list(directory, atMost: mostEntries) } catch {
            throw SourceProblem(error).at(directory)
        }
        for (name, type) in entries {
            let path = directory + (directory.last == UInt8(ascii: "/") ? [] : Bytes("/")) + name
            if isDirectory(path, type, of: tree) {
                try walk(path, tree, depth: depth + 1, into: &paths)
            } else if isDropIn(name) {
                guard paths.count < mostFiles else {
                    throw SourceProblem("it has more than \(mostFiles) drop-ins").at(directory)
                }
                paths.append(path)
            }
        }
    }

    private static func isDirectory(_ path: Bytes, _ type: DirectoryEntryType, of tree: borrowing FileTree) -> Bool
    {
        switch type {
        case .directory: true
        case .other: false
        case .unknown: tree.isDirectory(path, following: false) ?? false
        }
    }

    private static func isDropIn(_ name: Bytes) -> Bool {
        name.suffix(5).equals(".conf")
    }
}
