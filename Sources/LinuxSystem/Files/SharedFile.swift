import CLinux

/// A file of fixed size that processes of one user share as memory: mmap(2), `MAP_SHARED`. It stays mapped until
/// the process ends.
public struct SharedFile: @unchecked Sendable {
    public let memory: UnsafeMutableRawPointer

    /// Maps the file for reading and writing. Creates a missing file, and replaces an invalid one.
    ///
    /// - Parameter mark: The first eight bytes of the file, which identify the layout of the rest.
    /// - Throws: Why the file cannot be created.
    public init(_ name: StaticString, in directory: StateDirectory, size: Int, mark: UInt64) throws(Errno) {
        do throws(Errno) {
            memory = try Self.map(directory.path(of: name), O_RDWR, size, mark, directory.owner)
        } catch {
            // If several processes find no file, one creates it, and all use it.
            try directory.replace(name, keepsExisting: error.code == ENOENT) { (file) throws(Errno) in
                let problem = posix_fallocate(file.rawValue, 0, size)
                guard problem == 0 else { throw Errno(problem) }
                try file.write(withUnsafeBytes(of: mark) { Bytes($0) })
            }
            memory = try Self.map(directory.path(of: name), O_RDWR, size, mark, directory.owner)
        }
    }

    /// Maps a file for reading only.
    ///
    /// - Throws: `EPERM` if the file is invalid.
    public init(reading name: StaticString, in directory: StateDirectory, size: Int, mark: UInt64) throws(Errno) {
        memory = try Self.map(directory.path(of: name), O_RDONLY, size, mark, directory.owner)
    }

    private static func map(
        _ path: Bytes, _ access: Int32, _ size: Int, _ mark: UInt64, _ owner: uid_t
    ) throws(Errno) -> UnsafeMutableRawPointer {
        let file = try FileDescriptor.open(path, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        // Writing to a hole in the file while the disk is full would kill the process.
        guard status.isRegularFile, status.st_uid == owner, status.st_mode & 0o077 == 0,
            status.st_size == size, Int(status.st_blocks) * 512 >= size
        else { throw Errno(EPERM) }
        let protection = access == O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ
        guard let memory = linux_map_shared(file.rawValue, size, protection) else { throw Errno.last }
        guard memory.load(as: UInt64.self) == mark else {
            munmap(memory, size)
            throw Errno(EPERM)
        }
        return memory
    }
}
