import LinuxSystem

/// A program that is a kubelet, or that contains one.
enum KubeletProgram: Equatable {
    case kubelet, hyperkube, kubelite, k3s

    /// Nil for any other program.
    ///
    /// - Parameter path: The path of the executable. Only the file name counts; a kubelet's may have a version, as
    ///   `kubelet-1.34`.
    init?(executable path: Bytes) {
        var name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        // An upgrade has replaced the file: proc_pid_exe(5).
        if name.suffix(10).equals(" (deleted)") { name = name.dropLast(10) }
        switch name {
        case _ where name.equals("hyperkube"): self = .hyperkube
        case _ where name.equals("kubelite"): self = .kubelite
        case _ where name.equals("k3s"): self = .k3s
        case _ where name.starts(with: "kubelet") && Self.isVersion(name.dropFirst(7)): self = .kubelet
        default: return nil
        }
    }

    private static func isVersion(_ text: Bytes.SubSequence) -> Bool {
        text.allSatisfy { $0.isDigit || "-.v+_".utf8.contains($0) }
    }
}

/// How a kubelet gets its flags.
enum KubeletArguments: Equatable {
    case flags([Bytes])
    /// Of kubelite: the file that they are in.
    case file(Bytes)
    /// k3s keeps them to itself.
    case hidden

    /// Reads a command line: proc_pid_cmdline(5). Nil if it does not run a kubelet, or only prints something.
    init?(of program: KubeletProgram, commandLine: Bytes) {
        let arguments = ProcessFiles.arguments(commandLine: commandLine)
        switch program {
        case .kubelet: self.init(flags: arguments.dropFirst())
        case .hyperkube:
            guard arguments.count > 1, arguments[1].equals("kubelet") else { return nil }
            self.init(flags: arguments.dropFirst(2))
        case .kubelite:
            let flag: StaticString = "--kubelet-args-file="
            guard let file = arguments.last(where: { $0.starts(with: flag) }) else { return nil }
            self = .file(Bytes(file.dropFirst(flag.utf8CodeUnitCount)))
        case .k3s:
            guard let first = arguments.first else { return nil }
            // It overwrites its first argument with "k3s agent".
            let words = first.split { $0.isSpace } + arguments.dropFirst().map { $0[...] }
            guard words.count > 1, words[1].equals("server") || words[1].equals("agent") else { return nil }
            self = .hidden
        }
    }

    private init?(flags: ArraySlice<Bytes>) {
        let onlyPrints = flags.contains { $0.starts(with: "--version") || $0.equals("--help") || $0.equals("-h") }
        guard !onlyPrints else { return nil }
        self = .flags(Array(flags))
    }
}
