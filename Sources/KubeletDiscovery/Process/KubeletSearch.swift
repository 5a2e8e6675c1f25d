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

    /// What a search found.
    enum Result: ~Copyable {
        case found(RunningKubelet)
        case none
        /// There was no time to look at all processes.
        case cutOff
    }

    /// The kubelet in one of the control groups where service managers put it, or else among all processes.
    static func find(in tree: borrowing FileTree, hint: Hint?) -> Result {
        if let kubelet = inControlGroups(tree) { return .found(kubelet) }
        switch hint {
        case .process(let pid):
            // Only the place to look comes from the hint: the process must pass all checks again.
            if let kubelet = RunningKubelet(pid: pid, in: tree) { return .found(kubelet) }
        case .noneUpTo(let lastPID):
            let pid = Int(getpid())
            return among(max(lastPID, pid - mostNewProcesses)..<pid, tree)
        case nil: break
        }
        return amongAllProcesses(tree)
    }

    /// The kubelet in one of the control groups where service managers put it.
    static func inControlGroups(_ tree: borrowing FileTree) -> RunningKubelet? {
        for pid in processesInControlGroups(tree) {
            if var kubelet = RunningKubelet(pid: pid, in: tree) {
                kubelet.isInControlGroup = true
                return kubelet
            }
        }
        return nil
    }

    /// Whether a process there can be a kubelet, by all but its command line.
    static func mayFindInControlGroups(_ tree: borrowing FileTree) -> Bool {
        processesInControlGroups(tree).contains { pid in
            guard let files = try? FileTree(Bytes("/proc/\(pid)".utf8), of: tree) else { return false }
            return RunningKubelet.kind(of: files, in: tree) != .other
        }
    }

    private static func processesInControlGroups(_ tree: borrowing FileTree) -> [Int] {
        var found: [Int] = []
        for hierarchy in KubeletControlGroups.hierarchies {
            for (slice, units) in KubeletControlGroups.slices {
                guard let slice = try? FileTree(Bytes(hierarchy) + Bytes(slice), of: tree) else { continue }
                for unit in units {
                    guard let pids = slice.readKernelFile(Bytes(unit) + Bytes("/cgroup.procs")) else { continue }
                    for pid in pids.split(maxSplits: mostProcesses, whereSeparator: { $0.isSpace }) {
                        if let pid = decimal(pid, atMost: Int(Int32.max)) { found.append(pid) }
                    }
                }
            }
        }
        return found
    }

    private static func amongAllProcesses(_ tree: borrowing FileTree) -> Result {
        var pids: [Int] = []
        guard let processes = try? tree.open(Bytes("/proc"), O_RDONLY | O_DIRECTORY) else { return .none }
        try? processes.forEachEntry { name, _ in
            if let pid = decimal(name, atMost: Int(Int32.max)) { pids.append(pid) }
            return true
        }
        return among(pids, tree)
    }

    private static func among(_ pids: some Sequence<Int>, _ tree: borrowing FileTree) -> Result {
        let deadline = Deadline(after: longestScan)
        for (index, pid) in pids.enumerated() {
            if isCandidate(pid, tree), let kubelet = RunningKubelet(pid: pid, in: tree) { return .found(kubelet) }
            if index % scanBatch == scanBatch - 1, deadline.hasPassed { return .cutOff }
        }
        return .none
    }

    /// Whether a process can be a kubelet by its executable's name, which takes one system call.
    private static func isCandidate(_ pid: Int, _ tree: borrowing FileTree) -> Bool {
        do throws(Errno) {
            return KubeletProgram(executable: try tree.link(Bytes("/proc/\(pid)/exe".utf8))) != nil
        } catch {
            return RunningKubelet.mayBeUnseen(error, in: tree)
        }
    }
}
