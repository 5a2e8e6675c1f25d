import LinuxSystem

/// Identifies one process, even after another has reused its id.
struct ProcessIdentity: Equatable {
    var pid: Int
    /// In clock ticks since boot.
    var startTime: Int

    /// Whether the process still exists, and still runs a kubelet as root: its directory belongs to its effective user.
    func isKubelet(in tree: borrowing FileTree) -> Bool {
        guard let files = try? FileTree(Bytes("/proc/\(pid)".utf8), of: tree),
            case .kubelet = RunningKubelet.executable(of: files, in: tree),
            files.statusOfTarget(".")?.st_uid == 0
        else { return false }
        return RunningKubelet.startTime(of: files) == startTime
    }
}
