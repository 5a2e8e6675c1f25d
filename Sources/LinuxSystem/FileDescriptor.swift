import CLinux

/// An open file, closed at the end of the value's life.
public struct FileDescriptor: ~Copyable {
    public let rawValue: Int32

    /// Takes over an open descriptor.
    public init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        close(rawValue)
    }

    /// open(2), with `O_CLOEXEC`.
    public static func open(_ path: Bytes, _ flags: Int32, mode: mode_t = 0) throws(Errno) -> FileDescriptor {
        guard !path.contains(0) else { throw Errno(EINVAL) }
        return FileDescriptor(
            owning: try path.withCString { (path) throws(Errno) in
                try checked(linux_open(path, flags | O_CLOEXEC, mode))
            })
    }

    /// Writes all of `bytes`.
    public func write(_ bytes: some Collection<UInt8>) throws(Errno) {
        try writeAll(bytes, to: rawValue)
    }

    /// Writes `bytes` to a place in the file, in one call and as far as it takes them: pwrite(2).
    public func write(_ bytes: Bytes, at offset: Int) {
        _ = bytes.withUnsafeBytes { pwrite(rawValue, $0.baseAddress, $0.count, offset) }
    }

    /// Reads from a place in the file in one call, at most `limit` bytes: pread(2).
    public func content(at offset: Int, limit: Int) throws(Errno) -> Bytes {
        var failure: Errno?
        let content = Bytes(unsafeUninitializedCapacity: limit) { buffer, count in
            let result = pread(rawValue, buffer.baseAddress, limit, offset)
            if result < 0 { failure = Errno.last } else { count = result }
        }
        if let failure { throw failure }
        return content
    }

    /// The file's status: fstat(2).
    public func status() throws(Errno) -> stat {
        var status = stat()
        try checked(fstat(rawValue, &status))
        return status
    }

    /// Reads to the end of the file, at most `limit` bytes and one more, which tells a longer file apart: read(2).
    ///
    /// - Parameter size: The size of a regular file, 0 where it is not known.
    public func content(limit: Int, expecting size: Int = 0) throws(Errno) -> Bytes {
        var content = Bytes()
        while content.count <= limit {
            let room = Swift.min(Swift.max(size + 1 - content.count, 4096), limit + 1 - content.count)
            var failure: Errno?
            let chunk = Bytes(unsafeUninitializedCapacity: room) { buffer, count in
                let result = read(rawValue, buffer.baseAddress, room)
                if result < 0 { failure = Errno.last } else { count = result }
            }
            if let failure {
                if failure.code == EINTR { continue }
                throw failure
            }
            if chunk.isEmpty { break }
            if content.isEmpty { content = chunk } else { content += chunk }
            // A file whose size is known is at its end where a read falls short.
            if size > 0, chunk.count < room { break }
        }
        return content
    }
}

/// Writes all of `bytes` to an open file, going on after short writes: write(2).
public func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws(Errno) {
    var rest = Bytes(bytes)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, linux_errno() == EINTR { continue }
        rest = rest.dropFirst(try checked(written))
    }
}
