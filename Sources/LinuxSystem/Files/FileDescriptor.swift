import CLinux

/// An open file, closed when the value's lifetime ends.
public struct FileDescriptor: ~Copyable {
    public let rawValue: Int32

    /// Takes ownership of an open descriptor.
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

    /// The file's status: fstat(2).
    public func status() throws(Errno) -> stat {
        var status = stat()
        try checked(fstat(rawValue, &status))
        return status
    }

    /// Reads to the end of the file, at most `limit` + 1 bytes; the extra byte shows that the file is longer:
    /// read(2).
    ///
    /// - Parameter size: The size of a regular file; 0 if it is not known.
    public func content(limit: Int, expecting size: Int = 0) throws(Errno) -> Bytes {
        var content = Bytes()
        while content.count <= limit {
            let room = Swift.min(Swift.max(size + 1 - content.count, 4096), limit + 1 - content.count)
            let chunk: Bytes
            do { chunk = try Bytes(capacity: room) { read(rawValue, $0.baseAddress, room) } } catch .init(EINTR) {
                continue
            }
            if chunk.isEmpty { break }
            if content.isEmpty { content = chunk } else { content += chunk }
            // If the size is known, a short read means the end of the file.
            if size > 0, chunk.count < room { break }
        }
        return content
    }
}

/// Writes all of `bytes` to an open file, continuing after short writes: write(2).
public func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws(Errno) {
    var rest = Bytes(bytes)[...]
    while !rest.isEmpty {
        rest = rest.dropFirst(
            try retried { rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } })
    }
}
