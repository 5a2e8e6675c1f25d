import CLinux

/// Whether this is the first call with this name since the machine's start, or as far as anybody can tell: without
/// privileges, or without a place to note it, every call is.
public func isFirstTime(_ name: StaticString) -> Bool {
    let directory = Bytes("/run/resolver")
    _ = directory.withCString { mkdir($0, 0o755) }
    do throws(Errno) {
        _ = try FileDescriptor.open(
            directory + [UInt8(ascii: "/")] + Bytes(name), O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        return true
    } catch {
        return error.code != EEXIST
    }
}
