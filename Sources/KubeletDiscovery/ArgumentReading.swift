import LinuxSystem

extension KubeletFlags {
    /// The largest file of arguments or variables that is read.
    private static let largestFile = 1 << 17

    /// Reads what stands at a place. A file that is not there adds nothing.
    mutating func read(_ source: ArgumentSource, in tree: borrowing FileTree) throws(SourceProblem) {
        switch source {
        case .configuration(let path):
            if tree.isDirectory(Bytes(path)) == false { configuration = Bytes(path) }
        case .dropIns(let path):
            if tree.isDirectory(Bytes(path)) == true { dropIns = Bytes(path) }
        case .environment(let path, let names):
            guard let content = try Self.content(Bytes(path), in: tree) else { return }
            try read(EnvironmentFile(parsing: content), names, Bytes(path))
        case .unit(let path, let names):
            guard let content = try Self.content(Bytes(path), in: tree) else { return }
            try read(EnvironmentFile(unit: content), names, Bytes(path))
        case .lines(let path):
            try read(lines: Bytes(path), in: tree)
        case .rancher(let path, let directory):
            try read(rancher: Bytes(path), dropIns: Bytes(directory), in: tree)
        }
    }

    private mutating func read(
        _ file: EnvironmentFile, _ names: [StaticString], _ path: Bytes
    ) throws(SourceProblem) {
        for variable in file.variables where names.isEmpty || names.contains(where: { variable.name.equals($0) }) {
            try read(shellWords(variable.value), path, origin: "\(escaped(variable.name)) in \(escaped(path))")
        }
    }

    /// Reads an argument file of one of Canonical's snaps, whose variables its path tells.
    ///
    /// MicroK8s gives its files to the group `microk8s`, whose members rule the cluster and so the node: to write
    /// there is nothing they could not do otherwise. Everywhere else a group's file is refused.
    mutating func read(lines path: Bytes, in tree: borrowing FileTree) throws(SourceProblem) {
        let isMicroK8s = path.starts(with: "/var/snap/microk8s/")
        guard let content = try Self.content(path, in: tree, groupMayWrite: isMicroK8s) else { return }
        let data = parent(parent(path))
        let variables = [
            EnvironmentFile.Variable(name: Bytes("SNAP_DATA"), value: data),
            EnvironmentFile.Variable(name: Bytes("SNAP_COMMON"), value: parent(data) + Bytes("/common")),
            EnvironmentFile.Variable(name: Bytes("SNAP"), value: Bytes(data.dropFirst(4))),
        ]
        try read(argumentLines(content, variables: variables), path, origin: escaped(path))
    }

    /// Reads the configuration of k3s or RKE2. Since Kubernetes 1.32 they write `cluster-dns` and `cluster-domain`
    /// to a drop-in; before, they gave them as flags, unless `kubelet-arg` had the same flag.
    private mutating func read(
        rancher path: Bytes, dropIns directory: Bytes, in tree: borrowing FileTree
    ) throws(SourceProblem) {
        let writesDropIns = tree.isDirectory(directory) == true
        if let content = try Self.content(path, in: tree) {
            let settings: K3sConfiguration
            do throws(Refusal) {
                settings = try K3sConfiguration(parsing: content)
            } catch {
                throw SourceProblem(path, error)
            }
            let origin = escaped(path)
            try read(settings.kubeletArguments.map { Bytes("--") + $0 }, path, origin: "kubelet-arg in \(origin)")
            if !writesDropIns, clusterDNS == nil, !settings.clusterDNS.isEmpty {
                clusterDNS = Setting(
                    value: settings.clusterDNS.flatMap { list in
                        list.split(separator: UInt8(ascii: ",")).map { Bytes($0) }
                    },
                    origin: "cluster-dns in \(origin)")
            }
            if !writesDropIns, clusterDomain == nil, let domain = settings.clusterDomain {
                clusterDomain = Setting(value: domain, origin: "cluster-domain in \(origin)")
            }
        }
        if writesDropIns { dropIns = directory }
    }

    private mutating func read(_ arguments: [Bytes], _ path: Bytes, origin: String) throws(SourceProblem) {
        do throws(Refusal) {
            try read(arguments, origin: origin)
        } catch {
            throw SourceProblem(path, error)
        }
    }

    private static func content(
        _ path: Bytes, in tree: borrowing FileTree, groupMayWrite: Bool = false
    ) throws(SourceProblem) -> Bytes? {
        do throws(FileRefusal) {
            return try tree.read(path, limit: largestFile, groupMayWrite: groupMayWrite)
        } catch {
            switch error {
            case .absent, .isDirectory: return nil
            case .refused: throw SourceProblem(path, error)
            }
        }
    }
}

/// A path without its last component.
private func parent(_ path: Bytes) -> Bytes {
    Bytes(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
}
