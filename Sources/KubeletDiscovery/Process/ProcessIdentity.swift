import LinuxSystem

/// Identifies one process, even after another has reused its id.
struct ProcessIdentity: Equatable {
    var pid: Int
    /// In clock ticks since boot.
    var startTime: Int

    /// Whether the process still runs.
    func isRunning(in tree: borrowing FileTree) -> Bool {
        guard let status = tree.readKernelFile(Bytes("/proc/\(pid)/stat".utf8)) else { return false }
        return ProcessFiles.startTime(stat: status) == startTime
    }
}
