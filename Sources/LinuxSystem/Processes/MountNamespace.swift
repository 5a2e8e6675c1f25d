import CLinux

/// The mounts that this process sees: mount_namespaces(7).
public enum MountNamespace {
    /// Gives this process its own copy of the mount namespace: unshare(2).
    public static func unshare() throws(Errno) {
        try checked(CLinux.unshare(CLONE_NEWNS))
    }

    /// Gives an unprivileged process a user namespace in which it may mount, and a mount namespace: unshare(2),
    /// user_namespaces(7).
    public static func unshareAsUser() throws(Errno) {
        let (user, group) = (geteuid(), getegid())
        try checked(CLinux.unshare(CLONE_NEWUSER | CLONE_NEWNS))
        // Without a mapping of its own IDs, the process could not create files on the tmpfs that it mounts.
        try FileDescriptor.open(Bytes("/proc/self/setgroups"), O_WRONLY).write("deny".utf8)
        try FileDescriptor.open(Bytes("/proc/self/uid_map"), O_WRONLY).write("\(user) \(user) 1".utf8)
        try FileDescriptor.open(Bytes("/proc/self/gid_map"), O_WRONLY).write("\(group) \(group) 1".utf8)
    }

    /// Keeps later mounts out of the namespaces that this one was copied from. If `/` is shared, as under systemd,
    /// a mount made before this call would appear on the host.
    public static func makePropagationPrivate() throws(Errno) {
        try checked(mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil))
    }

    /// Mounts an empty tmpfs of at most `size` bytes over a directory.
    public static func mountTmpfs(at directory: StaticString, size: Int) throws(Errno) {
        try checked(
            "size=\(size),nr_inodes=64,mode=755".withCString {
                mount("tmpfs", cString(directory), "tmpfs", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC), $0)
            })
    }

    /// Mounts the file or directory `source` over `target`, following symbolic links.
    public static func bind(_ source: Bytes, over target: StaticString) throws(Errno) {
        try checked(source.withCString { mount($0, cString(target), nil, UInt(MS_BIND), nil) })
    }

    private static func cString(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
