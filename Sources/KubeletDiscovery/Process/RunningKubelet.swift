import CLinux
import LinuxSystem

/// The process that runs the kubelet.
///
/// A process's own claims prove nothing: for a moment, every set-user-ID program is root with its caller's arguments.
/// Its executable counts: a file that belongs to root and has a kubelet's name. The command line is read last, and only
/// if every other check has passed, because the read can block for as long as that process holds the lock of its memory.
/// Everything is then checked again.
struct RunningKubelet: ~Copyable {
    let pid: Int
    /// Whether the process is in a control group where a service manager puts the kubelet.
    var isInControlGroup = false
    /// Whether its executable was seen. Only root can see the executables of root's processes.
    let isConfirmed: Bool
    private let arguments: KubeletArguments
    /// `/proc/PID`. It refers to this process even after another has reused the id.
    private let files: FileTree

    /// The largest command line that is read. The kernel's own limit is a quarter of the stack's, usually 2 MiB.
    private static let largestCommandLine = 1 << 20

    /// Nil if the process is not a kubelet, or if it could be a Pod's process that only resembles one.
    init?(pid: Int, in tree: borrowing FileTree) {
        guard let files = try? FileTree(Bytes("/proc/\(pid)".utf8), of: tree), let start = Self.startTime(of: files)
        else { return nil }
        let kind = Self.kind(of: files, in: tree)
        guard kind != .other, let commandLine = Self.commandLine(of: files),
            let program = kind.program ?? Self.claim(of: commandLine),
            let arguments = KubeletArguments(of: program, commandLine: commandLine),
            Self.kind(of: files, in: tree) == kind, Self.startTime(of: files) == start
        else { return nil }
        self.pid = pid
        self.arguments = arguments
        self.files = files
        isConfirmed = kind.program != nil || tree.isElsewhere
    }

    /// What the kernel says of a process, without its command line.
    enum Kind: Equatable {
        case kubelet(KubeletProgram)
        /// Its executable is not visible: below another root, or without privileges.
        case unseen
        case other

        var program: KubeletProgram? { if case .kubelet(let program) = self { program } else { nil } }
    }

    static func kind(of files: borrowing FileTree, in tree: borrowing FileTree) -> Kind {
        let kind = executable(of: files, in: tree)
        guard kind != .other, let status = files.readKernelFile(Bytes("status")),
            ProcessFiles.isRootOutsideContainers(status: status),
            let cgroup = files.readKernelFile(Bytes("cgroup")), !ProcessFiles.isPod(cgroup: cgroup)
        else { return .other }
        return kind
    }

    static func executable(of files: borrowing FileTree, in tree: borrowing FileTree) -> Kind {
        let path: Bytes
        do { path = try files.link(Bytes("exe")) } catch { return mayBeUnseen(error, in: tree) ? .unseen : .other }
        guard let program = KubeletProgram(executable: path) else { return .other }
        guard !tree.isElsewhere else { return .kubelet(program) }
        guard let status = files.statusOfTarget("exe"), tree.distrust(of: status) == nil else { return .other }
        return .kubelet(program)
    }

    /// Whether there may be an executable although its link could not be read. Kernel threads have none.
    static func mayBeUnseen(_ error: Errno, in tree: borrowing FileTree) -> Bool {
        tree.isElsewhere || error.code == EACCES && !tree.isReadByRoot
    }

    private static func commandLine(of files: borrowing FileTree) -> Bytes? {
        files.readKernelFile(Bytes("cmdline"), limit: largestCommandLine)
    }

    /// What the process calls itself, if its executable is not visible.
    private static func claim(of commandLine: Bytes) -> KubeletProgram? {
        // k3s writes "k3s agent" there.
        KubeletProgram(executable: Bytes(commandLine.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }))
    }

    static func startTime(of files: borrowing FileTree) -> Int? {
        files.readKernelFile(Bytes("stat")).flatMap { ProcessFiles.startTime(stat: $0) }
    }

    /// Nil if the process has ended.
    var identity: ProcessIdentity? {
        Self.startTime(of: files).map { ProcessIdentity(pid: pid, startTime: $0) }
    }

    /// The settings with which it runs.
    func settings(in tree: borrowing FileTree) throws(SourceProblem) -> KubeletSettings {
        let root: FileTree
        do { root = try tree.root(of: files, pid: pid) } catch { throw SourceProblem(error).at("process \(pid)") }
        let flags = try flags(in: root)
        let own = Bytes("/proc/\(pid)/cwd".utf8)
        let directory = flags.hasRelativePath ? (try? files.link(Bytes("cwd"))) ?? own : Bytes("/")
        return try KubeletSettings(flags: flags, in: root, directory: directory)
    }

    private func flags(in root: borrowing FileTree) throws(SourceProblem) -> KubeletFlags {
        var flags = KubeletFlags()
        switch arguments {
        case .flags(let arguments):
            let name = "process \(pid)"
            do { try flags.read(arguments, origin: name) } catch { throw error.at(name) }
        case .file(let path):
            root.evidence.addUnseen()
            try flags.read(lines: path, in: root)
        case .hidden:
            root.evidence.addUnseen()
            flags = try KubeletFlags(at: .k3s, in: root)
            guard !flags.isEmpty else {
                throw SourceProblem("it hides its arguments, and no file contains them", source: "process \(pid)")
            }
        }
        return flags
    }
}
