import CLinux
import LinuxSystem

/// A directory that is removed with this object, including its files.
final class TemporaryDirectory {
    let path: Bytes
    private var names: [Bytes] = []

    init() throws {
        var template = Bytes("/tmp/resolver-test.XXXXXX") + [0]
        let made = template.withUnsafeMutableBytes { buffer in
            mkdtemp(buffer.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil
        }
        guard made else { throw Errno.last }
        path = template.dropLast()
    }

    deinit {
        for name in names { _ = file(name).withCString { unlink($0) } }
        _ = path.withCString { rmdir($0) }
    }

    /// The path of a file that will be removed.
    func newFile(_ name: StaticString) -> Bytes {
        names.append(Bytes(name))
        return file(Bytes(name))
    }

    func write(_ content: Bytes, to name: StaticString) throws -> Bytes {
        let path = newFile(name)
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(content)
        return path
    }

    private func file(_ name: Bytes) -> Bytes {
        path + [UInt8(ascii: "/")] + name
    }
}
