import CLinux

/// The process whose request for a key is being answered. For a request by a file system, this may be a kernel
/// thread.
public struct Requester: Equatable, Sendable {
    public let process: Int
    /// The name of the process, which the process can set itself; empty if it is gone: proc_pid_comm(5).
    public let command: Bytes

    /// Finds the process that waits for a key. The kernel shows it only until the key is answered.
    ///
    /// The key waits for this, and any user can create keys that make it slow: so not all of them are looked at.
    public static func find(waitingFor key: Int32) -> Requester? {
        let table = try? KeyTable(limit: 1 << 20, mostLines: 1000)
        guard let process = table?.requesters.first(where: { $0.key == key })?.process else { return nil }
        let file = try? FileDescriptor.open(Bytes("/proc/\(process)/comm".utf8), O_RDONLY).content(limit: 64)
        return Requester(process: process, command: file.map { Bytes($0.prefix { $0 != 0x0A }) } ?? [])
    }
}
