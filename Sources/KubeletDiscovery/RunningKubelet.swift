import LinuxSystem

/// A running kubelet, or a program that is one among other things.
struct RunningKubelet: ~Copyable {
    enum Program {
        case kubelet(arguments: [Bytes])
        /// MicroK8s' kubelite, with the file of the kubelet's arguments.
        case kubelite(argumentFile: Bytes)
        /// k3s, which hides its arguments.
        case k3s
    }

    let pid: Int
    let program: Program
    /// Whether it was found where a service manager puts the kubelet.
    var isInControlGroup = false
    /// When the process started, in clock ticks since boot.
    var startTime: Int? {
        guard let content = files.readKernelFile(Bytes("stat")) else { return nil }
        return KubeletDiscovery.startTime(stat: content)
    }
    /// `/proc/PID`, which keeps standing for this process and no other that gets its number.
    private let files: FileTree

    /// The largest command line that is read. The kernel's own limit is a quarter of the stack's, usually 2 MiB.
    private static let largestCommandLine = 1 << 20

    /// nil where the process is no kubelet, or could be a Pod's that only looks like one.
    init?(pid: Int, in tree: borrowing FileTree) {
        guard let files = try? FileTree(Bytes("/proc/\(pid)".utf8), of: tree),
            let commandLine = files.readKernelFile(Bytes("cmdline"), limit: Self.largestCommandLine),
            let program = Self.program(commandLine),
            let status = files.readKernelFile(Bytes("status")), isRootOutsideContainers(status: status),
            let cgroup = files.readKernelFile(Bytes("cgroup")), !isPod(cgroup: cgroup)
        else { return nil }
        self.pid = pid
        self.program = program
        self.files = files
    }

    /// What a command line runs.
    static func program(_ commandLine: Bytes) -> Program? {
        guard let kind = Kind(commandLine.prefix { $0 != 0 }) else { return nil }
        let arguments = arguments(ofCommandLine: commandLine)
        switch kind {
        case .kubelet: return kubelet(arguments.dropFirst())
        case .hyperkube:
            guard arguments.count > 1, arguments[1].equals("kubelet") else { return nil }
            return kubelet(arguments.dropFirst(2))
        case .kubelite:
            let flag: StaticString = "--kubelet-args-file="
            guard let file = arguments.last(where: { $0.starts(with: flag) }) else { return nil }
            return .kubelite(argumentFile: Bytes(file.dropFirst(flag.utf8CodeUnitCount)))
        case .k3s:
            // It writes "k3s agent" over its first argument.
            let words = words(arguments[0]) + arguments.dropFirst()
            guard words.count > 1, words[1].equals("server") || words[1].equals("agent") else { return nil }
            return .k3s
        }
    }

    /// nil for a run that only prints something and ends.
    private static func kubelet(_ arguments: ArraySlice<Bytes>) -> Program? {
        let onlyPrints = arguments.contains {
            $0.starts(with: "--version") || $0.equals("--help") || $0.equals("-h")
        }
        return onlyPrints ? nil : .kubelet(arguments: Array(arguments))
    }

    /// A first look at the name that a process was started under, to spare the others more.
    static func isCandidate(pid: Int, in tree: borrowing FileTree) -> Bool {
        guard let commandLine = tree.readKernelFile(Bytes("/proc/\(pid)/cmdline".utf8)) else { return false }
        return Kind(commandLine.prefix { $0 != 0 }) != nil
    }

    /// The programs by the names of their files.
    private enum Kind {
        case kubelet, hyperkube, kubelite, k3s

        init?(_ path: some BidirectionalCollection<UInt8>) {
            let name = path.suffix(
                from: path.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) } ?? path.startIndex)
            switch name {
            case _ where name.equals("kubelet"): self = .kubelet
            case _ where name.equals("hyperkube"): self = .hyperkube
            case _ where name.equals("kubelite"): self = .kubelite
            case _ where name.equals("k3s") || name.starts(with: "k3s "): self = .k3s
            default: return nil
            }
        }
    }

    /// The settings it runs with; nil where nothing on disk tells them.
    func settings(in tree: borrowing FileTree) throws(SourceProblem) -> KubeletSettings? {
        let root: FileTree
        do throws(FileRefusal) {
            root = try tree.root(of: files, pid: pid)
        } catch {
            throw SourceProblem("process \(pid): \(error.text)")
        }
        var flags = KubeletFlags()
        switch program {
        case .kubelet(let arguments):
            do throws(Refusal) {
                try flags.read(arguments, origin: "process \(pid)")
            } catch {
                throw SourceProblem("process \(pid): \(error.reason)")
            }
        case .kubelite(let path):
            root.evidence.addUnseen()
            try flags.read(lines: path, in: root)
        case .k3s:
            root.evidence.addUnseen()
            for source in WellKnownPlace.k3s.arguments { try flags.read(source, in: root) }
            if flags.isEmpty { return nil }
        }
        var directory = Bytes("/")
        if flags.hasRelativePath { directory = files.link("cwd") ?? Bytes("/proc/\(pid)/cwd".utf8) }
        var settings = try KubeletSettings(flags: flags, in: root, directory: directory)
        settings.sources.insert("kubelet, process \(pid)", at: 0)
        return settings
    }
}
