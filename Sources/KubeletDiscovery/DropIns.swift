import LinuxSystem

/// The drop-in files of a `--config-dir`, found like Go's `filepath.WalkDir` finds them.
enum DropIns {
    private static let deepest = 16
    private static let mostFiles = 256

    /// The paths of the drop-ins in the order in which the kubelet merges them: every file whose name ends in
    /// `.conf`, dotfiles too, the directories' in their place.
    ///
    /// A symbolic link is not a directory, not even as `path` itself unless that ends in `/`; what is no directory
    /// counts as a drop-in if its own name ends in `.conf`.
    static func paths(in path: Bytes, of tree: borrowing FileTree) throws(SourceProblem) -> [Bytes] {
        guard let isDirectory = tree.isDirectory(path, following: false) else {
            throw SourceProblem(path, FileRefusal.absent)
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
        guard depth <= deepest else { throw SourceProblem("\(escaped(directory)): too deep a directory") }
        let entries: [(name: Bytes, type: DirectoryEntryType)]
        do throws(FileRefusal) {
            entries = try tree.list(directory, atMost: 4096)
        } catch {
            throw SourceProblem(directory, error)
        }
        for (name, type) in entries {
            let path = directory + (directory.last == UInt8(ascii: "/") ? [] : Bytes("/")) + name
            let isDirectory =
                switch type {
                case .directory: true
                case .other: false
                case .unknown: tree.isDirectory(path, following: false) ?? false
                }
            if isDirectory {
                try walk(path, tree, depth: depth + 1, into: &paths)
            } else if isDropIn(name) {
                guard paths.count < mostFiles else {
                    throw SourceProblem("\(escaped(directory)): more than \(mostFiles) drop-ins")
                }
                paths.append(path)
            }
        }
    }

    private static func isDropIn(_ name: Bytes) -> Bool {
        name.suffix(5).equals(".conf")
    }
}
