import CLinux

/// The names in a directory, sorted by their bytes, without those that begin with a dot; at most `limit`.
public func directoryEntries(_ path: Bytes, limit: Int) throws(Errno) -> [Bytes] {
    var names: [Bytes] = []
    try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY).forEachEntry { name, _ in
        if name.first != UInt8(ascii: ".") { names.append(Bytes(name)) }
        return names.count < limit
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
}
