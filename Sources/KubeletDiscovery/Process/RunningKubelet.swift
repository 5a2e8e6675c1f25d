import LinuxSystem

/// The process that runs the kubelet.
struct RunningKubelet: ~Copyable {
    let pid: Int
    /// Whether the process is in a control group where a service manager puts the kubelet.
    var isInControlGroup = false
    private let program: KubeletProgram
    /// `/proc/PID`. It refers to this process even after another has reused the id.
    private let files: FileTree

    /// The largest command line that is read. The kernel's own limit is a quarter of the stack's, usually 2 MiB.
    private static let largestCommandLine = 1 << 20

    /// Nil if the process is not a kubelet, or if it could be a Pod's process that only resembles one.
    init?(pid: Int, in tree: borrowing FileTree) {
        guard let files = try? FileTree(Bytes("/proc/\(pid)".utf8), of: tree),
            let commandLine = files.readKernelFile(Bytes("cmdline"), limit: Self.largestCommandLine),
            let program = KubeletProgram(commandLine: commandLine),
            let status = files.readKernelFile(Bytes("status")),
            ProcessFiles.isRootOutsideContainers(status: status),
            let cgroup = files.readKernelFile(Bytes("cgroup")), !ProcessFiles.isPod(cgroup: cgroup)
        else { return nil }
        self.pid = pid
        self.program = program
        self.files = files
    }

    /// Whether the process has a kubelet's name. This reads one file only.
    static func isCandidate(pid: Int, in tree: borrowing FileTree) -> Bool {
        guard let commandLine = tree.readKernelFile(Bytes("/proc/\(pid)/cmdline".utf8)) else { return false }
        return KubeletProgram.Name(commandLine: commandLine) != nil
    }

    /// Nil if the process has ended.
    var identity: ProcessIdentity? {
        files.readKernelFile(Bytes("stat")).flatMap { ProcessFiles.startTime(stat: $0) }
            .map { ProcessIdentity(pid: pid, startTime: $0) }
    }

    /// The settings with which it runs.
    func settings(in tree: borrowing FileTree) throws(SourceProblem) -> KubeletSettings {
        let root: FileTree
        do { root = try tree.root(of: files, pid: pid) } catch { throw SourceProblem(error).at("process \(pid)") }
        let flags = try flags(in: root)
        let directory = flags.hasRelativePath ? files.link("cwd") ?? Bytes("/proc/\(pid)/cwd".utf8) : Bytes("/")
        return try KubeletSettings(flags: flags, in: root, directory: directory)
    }

    private func flags(in root: borrowing FileTree) throws(SourceProblem) -> KubeletFlags {
        var flags = KubeletFlags()
        switch program {
        case .kubelet(let arguments):
            let name = "process \(pid)"
            do { try flags.read(arguments, origin: name) } catch { throw error.at(name) }
        case .kubelite(let path):
            root.evidence.addUnseen()
            try flags.read(lines: path, in: root)
        case .k3s:
            root.evidence.addUnseen()
            flags = try KubeletFlags(at: .k3s, in: root)
            guard !flags.isEmpty else {
                throw SourceProblem("it hides its arguments, and no file contains them", source: "process \(pid)")
            }
        }
        return flags
    }
}
