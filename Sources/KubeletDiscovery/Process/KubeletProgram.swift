import LinuxSystem

/// A program that is a kubelet, or that contains one, and how it gets its flags.
enum KubeletProgram: Equatable {
    case kubelet(arguments: [Bytes])
    /// MicroK8s' kubelite, with the file of the kubelet's arguments.
    case kubelite(argumentFile: Bytes)
    /// k3s, which hides its arguments.
    case k3s

    /// Reads a command line: proc_pid_cmdline(5). Nil for any other program.
    init?(commandLine: Bytes) {
        guard let name = Name(commandLine: commandLine) else { return nil }
        let arguments = ProcessFiles.arguments(commandLine: commandLine)
        switch name {
        case .kubelet: self.init(arguments: arguments.dropFirst())
        case .hyperkube:
            guard arguments.count > 1, arguments[1].equals("kubelet") else { return nil }
            self.init(arguments: arguments.dropFirst(2))
        case .kubelite:
            let flag: StaticString = "--kubelet-args-file="
            guard let file = arguments.last(where: { $0.starts(with: flag) }) else { return nil }
            self = .kubelite(argumentFile: Bytes(file.dropFirst(flag.utf8CodeUnitCount)))
        case .k3s:
            // It overwrites its first argument with "k3s agent".
            let words = arguments[0].split { $0.isSpace } + arguments.dropFirst().map { $0[...] }
            guard words.count > 1, words[1].equals("server") || words[1].equals("agent") else { return nil }
            self = .k3s
        }
    }

    /// Nil if the kubelet only prints something and exits.
    private init?(arguments: ArraySlice<Bytes>) {
        let onlyPrints = arguments.contains {
            $0.starts(with: "--version") || $0.equals("--help") || $0.equals("-h")
        }
        guard !onlyPrints else { return nil }
        self = .kubelet(arguments: Array(arguments))
    }

    /// The file name of the program, which is cheap to check.
    enum Name {
        case kubelet, hyperkube, kubelite, k3s

        init?(commandLine: Bytes) {
            let path = commandLine.prefix { $0 != 0 }
            let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
            switch name {
            case _ where name.equals("kubelet"): self = .kubelet
            case _ where name.equals("hyperkube"): self = .hyperkube
            case _ where name.equals("kubelite"): self = .kubelite
            case _ where name.equals("k3s") || name.starts(with: "k3s "): self = .k3s
            default: return nil
            }
        }
    }
}
