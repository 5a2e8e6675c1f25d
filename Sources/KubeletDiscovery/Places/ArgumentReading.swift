import LinuxSystem

extension KubeletFlags {
    /// The largest file of arguments or variables that is read.
    private static let largestFile = 1 << 17

    /// Reads all sources of a place. Without any flags, the node does not use this distribution.
    init(at place: WellKnownPlace, in tree: borrowing FileTree) throws(SourceProblem) {
        for source in place.arguments { try read(source, in: tree) }
    }

    /// Reads one source. A missing file adds nothing.
    private mutating func read(_ source: ArgumentSource, in tree: borrowing FileTree) throws(SourceProblem) {
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

    /// Reads the argument file of one of Canonical's snaps.
    ///
    /// MicroK8s gives its files to the group `microk8s`. The group's members control the cluster and thus the node,
    /// so write access gives them nothing new. Elsewhere a file that a group may write to is rejected.
    mutating func read(lines path: Bytes, in tree: borrowing FileTree) throws(SourceProblem) {
        let isMicroK8s = path.starts(with: "/var/snap/microk8s/")
        guard let content = try Self.content(path, in: tree, groupMayWrite: isMicroK8s) else { return }
        let arguments = SnapArguments.arguments(in: content, variables: SnapArguments.variables(of: path))
        try read(arguments, path, origin: escaped(path))
    }

    /// Reads the configuration of k3s or RKE2. Since Kubernetes 1.32 they write `cluster-dns` and `cluster-domain`
    /// to a drop-in. Earlier versions pass them as flags, unless `kubelet-arg` contains the same flag.
    private mutating func read(
        rancher path: Bytes, dropIns directory: Bytes, in tree: borrowing FileTree
    ) throws(SourceProblem) {
        let writesDropIns = tree.isDirectory(directory) == true
        // The distribution's own --config-dir comes after those in kubelet-arg.
        defer { if writesDropIns { dropIns = directory } }
        guard let content = try Self.content(path, in: tree) else { return }
        let settings: K3sConfiguration
        do { settings = try K3sConfiguration(parsing: content) } catch { throw error.at(path) }
        let origin = escaped(path)
        try read(settings.kubeletArguments.map { Bytes("--") + $0 }, path, origin: "kubelet-arg in \(origin)")
        guard !writesDropIns else { return }
        if clusterDNS == nil, !settings.clusterDNS.isEmpty {
            let servers = settings.clusterDNS.flatMap { $0.split(separator: UInt8(ascii: ",")).map(Bytes.init) }
            clusterDNS = Setting(servers, origin: "cluster-dns in \(origin)")
        }
        if clusterDomain == nil, let domain = settings.clusterDomain {
            clusterDomain = Setting(domain, origin: "cluster-domain in \(origin)")
        }
    }

    private mutating func read(_ arguments: [Bytes], _ path: Bytes, origin: String) throws(SourceProblem) {
        do { try read(arguments, origin: origin) } catch { throw error.at(path) }
    }

    /// The content of a regular file, nil if there is no file at the path.
    private static func content(
        _ path: Bytes, in tree: borrowing FileTree, groupMayWrite: Bool = false
    ) throws(SourceProblem) -> Bytes? {
        do {
            return try tree.read(path, limit: largestFile, groupMayWrite: groupMayWrite)
        } catch {
            guard error.isAbsence || error == .isDirectory else { throw SourceProblem(error).at(path) }
            return nil
        }
    }
}
