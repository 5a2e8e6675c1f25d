import CLinux

/// The type of a directory entry: `d_type` of getdents(2).
public enum DirectoryEntryType: Sendable {
    case directory, other
    /// The filesystem does not say.
    case unknown
}

extension FileDescriptor {
    /// Calls `body` with the name and type of every entry except `.` and `..`, in the filesystem's order, until it
    /// returns false: getdents64(2).
    public func forEachEntry(
        _ body: (_ name: UnsafeBufferPointer<UInt8>, _ type: DirectoryEntryType) -> Bool
    ) throws(Errno) {
        var problem: Errno?
        withUnsafeTemporaryAllocation(byteCount: 32_768, alignment: 8) { buffer in
            while true {
                let length = linux_getdents(rawValue, buffer.baseAddress, buffer.count)
                guard length > 0 else {
                    if length < 0 { problem = Errno.last }
                    return
                }
                var rest = UnsafeRawBufferPointer(rebasing: buffer[..<length])
                while !rest.isEmpty {
                    let size = Int(rest.load(fromByteOffset: 16, as: UInt16.self))
                    let name = UnsafeRawBufferPointer(rebasing: rest[19..<size]).bindMemory(to: UInt8.self)
                    let length = name.firstIndex(of: 0) ?? name.count
                    let type = Int(rest[18])
                    rest = UnsafeRawBufferPointer(rebasing: rest[size...])
                    let text = UnsafeBufferPointer(rebasing: name[..<length])
                    guard !text.equals("."), !text.equals("..") else { continue }
                    let kind: DirectoryEntryType = type == 4 ? .directory : type == 0 ? .unknown : .other
                    guard body(text, kind) else { return }
                }
            }
        }
        if let problem { throw problem }
    }
}
