import CLinux
import LinuxSystem

/// Finds the running kubelet.
enum KubeletSearch {
    /// What an earlier search tells about where to look.
    enum Hint {
        /// The kubelet was this process.
        case process(Int)
        /// There was no kubelet among the processes up to this id.
        case noneUpTo(Int)
    }

    private static let longestScan = Duration.milliseconds(500)
    /// How many processes of a scan are examined before the clock is read again.
    private static let scanBatch = 128
    /// How many processes of one control group are examined.
    private static let mostProcesses = 4096
    /// How many process ids are examined after an earlier search found no kubelet.
    private static let mostNewProcesses = 64

    /// The kubelet in one of the control groups where service managers put it, or else among all processes.
    static func find(in tree: borrowing FileTree, hint: Hint?) -> RunningKubelet? {
        if let kubelet = inControlGroups(tree) { return kubelet }
        switch hint {
        case .process(let pid):
            // Only the place to look comes from the hint: the process must pass all checks again.
            if let kubelet = RunningKubelet(pid: pid, in: tree) { return kubelet }
        case .noneUpTo(let lastPID):
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
                guard let slice = try? FileTree(Bytes(hierarchy) + Bytes(slice), of: tree) else { continue }
                for unit in units {
                    if let kubelet = inControlGroup(unit, of: slice, tree) { return kubelet }
                }
            }
        }
        return nil
    }

    private static func inControlGroup(
        _ unit: StaticString, of slice: borrowing FileTree, _ tree: borrowing FileTree
    ) -> RunningKubelet? {
        guard let pids = slice.readKernelFile(Bytes(unit) + Bytes("/cgroup.procs")) else { return nil }
        for pid in pids.split(maxSplits: mostProcesses, whereSeparator: { $0.isSpace }) {
            guard let pid = decimal(pid, atMost: Int(Int32.max)) else { continue }
            if var kubelet = RunningKubelet(pid: pid, in: tree) {
                kubelet.isInControlGroup = true
                return kubelet
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
        let deadline = Deadline(after: longestScan)
        for (index, pid) in pids.enumerated() {
            if RunningKubelet.isCandidate(pid: pid, in: tree), let kubelet = RunningKubelet(pid: pid, in: tree) {
                return kubelet
            }
            if index % scanBatch == scanBatch - 1, deadline.hasPassed { return nil }
        }
        return nil
    }
}
