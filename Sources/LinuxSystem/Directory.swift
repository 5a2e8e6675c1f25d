import CLinux

/// The names in a directory, sorted by their bytes, without those that begin with a dot; at most `limit`: opendir(3).
public func directoryEntries(_ path: Bytes, limit: Int) throws(Errno) -> [Bytes] {
    guard !path.contains(0) else { throw Errno(EINVAL) }
    guard let directory = path.withCString({ opendir($0) }) else { throw Errno.last }
    defer { closedir(directory) }
    var names: [Bytes] = []
    while names.count < limit, let entry = readdir(directory) {
        let text = linux_entry_name(entry)!
        let name = Bytes(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        if name.first != UInt8(ascii: ".") { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
}
