import CLinux
import LinuxSystem

/// Looks for the running kubelet.
enum KubeletSearch {
    /// How long the scan of all processes may take, in microseconds.
    private static let longestScan = 500_000
    /// How many processes of one control group are looked at.
    private static let mostProcesses = 4096
    /// How many process numbers are looked at again while it is remembered that there is no kubelet.
    private static let mostNewProcesses = 64

    /// The kubelet in one of the control groups where service managers put it, or else among all processes.
    static func find(in tree: borrowing FileTree, remembered: DiscoveryMemory.Content?) -> RunningKubelet? {
        if let kubelet = inControlGroups(tree) { return kubelet }
        // All that is taken from the memory is where to look: the process is checked as if it had just been met.
        switch remembered {
        case .answer(let answer):
            if let kubelet = RunningKubelet(pid: answer.pid, in: tree) { return kubelet }
        case .process(let pid, _):
            if let kubelet = RunningKubelet(pid: pid, in: tree) { return kubelet }
        case .nothing(let lastPID):
            let pid = Int(getpid())
            return among(max(lastPID, pid - mostNewProcesses)..<pid, tree)
        case nil: break
        }
        return amongAllProcesses(tree)
    }

    /// The kubelet in one of the control groups where service managers put it.
    static func inControlGroups(_ tree: borrowing FileTree) -> RunningKubelet? {
        for hierarchy in KubeletControlGroups.hierarchies {
            for (slice, units) in KubeletControlGroups.slices {
                guard let group = try? FileTree(Bytes(hierarchy) + Bytes(slice), of: tree) else { continue }
                for unit in units {
                    guard let pids = group.readKernelFile(Bytes(unit) + Bytes("/cgroup.procs")) else { continue }
                    for pid in words(pids).prefix(mostProcesses) {
                        guard let pid = decimal(pid, atMost: Int(Int32.max)) else { continue }
                        if var kubelet = RunningKubelet(pid: pid, in: tree) {
                            kubelet.isInControlGroup = true
                            return kubelet
                        }
                    }
                }
            }
        }
        return nil
    }

    private static func amongAllProcesses(_ tree: borrowing FileTree) -> RunningKubelet? {
        var pids: [Int] = []
        guard let processes = try? tree.open(Bytes("/proc"), O_RDONLY | O_DIRECTORY) else { return nil }
        try? processes.forEachEntry { name, _ in
            if let pid = decimal(name, atMost: Int(Int32.max)) { pids.append(pid) }
            return true
        }
        return among(pids, tree)
    }

    private static func among(_ pids: some Sequence<Int>, _ tree: borrowing FileTree) -> RunningKubelet? {
        let deadline = monotonicMicroseconds() + longestScan
        for (index, pid) in pids.enumerated() {
            if RunningKubelet.isCandidate(pid: pid, in: tree), let kubelet = RunningKubelet(pid: pid, in: tree) {
                return kubelet
            }
            if index % 128 == 127, monotonicMicroseconds() > deadline { return nil }
        }
        return nil
    }
}
