import CLinux
import LinuxSystem

/// Looks for the running kubelet.
struct KubeletSearch {
    /// What remembers the outcome of a look at every process; nil where there is to be none.
    let memory: ScanMemory?

    /// How long the scan of all processes may take, in microseconds.
    private static let longestScan = 500_000
    /// How many processes of one control group are looked at.
    private static let mostProcesses = 4096

    /// The kubelet in one of the control groups where service managers put it, or else among all processes.
    func find(in tree: borrowing FileTree) -> RunningKubelet? {
        if let kubelet = Self.inControlGroups(tree) { return kubelet }
        switch memory?.recall() {
        case .process(let pid, let startTime):
            // All that is taken from the memory is where to look: the process is checked as if it had just been
            // met.
            if let kubelet = RunningKubelet(pid: pid, in: tree), kubelet.startTime == startTime { return kubelet }
        case .nothing: return nil
        case nil: break
        }
        guard let kubelet = Self.amongAllProcesses(tree) else {
            memory?.remember(.nothing)
            return nil
        }
        if let startTime = kubelet.startTime { memory?.remember(.process(pid: kubelet.pid, startTime: startTime)) }
        return kubelet
    }

    private static func inControlGroups(_ tree: borrowing FileTree) -> RunningKubelet? {
        for hierarchy in KubeletControlGroups.hierarchies {
            for (slice, units) in KubeletControlGroups.slices {
                guard let group = try? FileTree(Bytes(hierarchy) + Bytes(slice), of: tree) else { continue }
                for unit in units {
                    guard let pids = group.readKernelFile(Bytes(unit) + Bytes("/cgroup.procs")) else { continue }
                    for pid in words(pids).prefix(mostProcesses) {
                        guard let pid = decimal(pid, atMost: Int(Int32.max)) else { continue }
                        if let kubelet = RunningKubelet(pid: pid, in: tree) { return kubelet }
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
