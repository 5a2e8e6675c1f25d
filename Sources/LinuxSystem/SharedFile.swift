import CLinux

/// A file of a fixed size that processes of one user share as memory: mmap(2), `MAP_SHARED`. It stays mapped to the end
/// of the process.
public struct SharedFile: @unchecked Sendable {
    public let memory: UnsafeMutableRawPointer

    /// Maps the file for reading and writing. One that is missing is made, and one that is not as it should be is
    /// replaced. Nil where that is not possible.
    ///
    /// - Parameters:
    ///   - path: In a directory where nobody else may make files. The directory is made if it is missing.
    ///   - mark: The first eight bytes of the file, which say what the rest means.
    ///   - owner: Who must own the file; nobody else may read or write it.
    public init?(_ path: Bytes, size: Int, mark: UInt64, owner: uid_t) {
        do throws(Errno) {
            memory = try Self.map(path, O_RDWR, size, mark, owner)
        } catch {
            guard Self.make(path, size, mark, isMissing: error.code == ENOENT),
                let memory = try? Self.map(path, O_RDWR, size, mark, owner)
            else { return nil }
            self.memory = memory
        }
    }

    /// Maps a file for reading only.
    ///
    /// - Throws: `EPERM` for a file that is not as it should be.
    public init(reading path: Bytes, size: Int, mark: UInt64, owner: uid_t) throws(Errno) {
        memory = try Self.map(path, O_RDONLY, size, mark, owner)
    }

    private static func map(
        _ path: Bytes, _ access: Int32, _ size: Int, _ mark: UInt64, _ owner: uid_t
    ) throws(Errno) -> UnsafeMutableRawPointer {
        let file = try FileDescriptor.open(path, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        // A file with holes could find the disk full when it is written to, which ends a process.
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

    /// Makes the file under another name, so that nobody sees it unfinished.
    private static func make(_ path: Bytes, _ size: Int, _ mark: UInt64, isMissing: Bool) -> Bool {
        let end = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
        _ = Bytes(path[..<end]).withCString { mkdir($0, 0o755) }
        let temporary = path + Bytes(".\(getpid())".utf8)
        _ = temporary.withCString { unlink($0) }
        defer { _ = temporary.withCString { unlink($0) } }
        do throws(Errno) {
            let file = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            guard posix_fallocate(file.rawValue, 0, size) == 0 else { return false }
            try file.write(withUnsafeBytes(of: mark) { Bytes($0) })
        } catch {
            return false
        }
        return temporary.withCString { temporary in
            path.withCString { path in
                // Of several processes that find none, one makes the file, and all use it.
                isMissing
                    ? link(temporary, path) == 0 || linux_errno() == EEXIST : rename(temporary, path) == 0
            }
        }
    }
}
