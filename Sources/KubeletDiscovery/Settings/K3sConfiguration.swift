import LinuxSystem

/// The settings in k3s' own configuration file, `/etc/rancher/k3s/config.yaml`, that become its kubelet's flags.
struct K3sConfiguration {
    /// `cluster-dns` and `cluster-domain` of a server.
    private(set) var clusterDNS: [Bytes] = []
    private(set) var clusterDomain: Bytes?
    /// `kubelet-arg`: flags without the leading hyphens.
    private(set) var kubeletArguments: [Bytes] = []

    init(parsing content: Bytes) throws(SourceProblem) {
        guard let document = try YAMLReader.read(content) else { return }
        try document.checkForm()
        try document.forEachMergedEntry { (key, value) throws(SourceProblem) in
            let name = document.content(of: key)
            let value = document.target(of: value)
            if name.equals("cluster-dns") { clusterDNS = document.scalars(value) }
            if name.equals("cluster-domain") { clusterDomain = document.scalars(value).last }
            if name.equals("kubelet-arg") { kubeletArguments = document.scalars(value) }
            if name.equals("kubelet-arg+") { kubeletArguments += document.scalars(value) }
        }
    }
}

extension Document {
    /// A scalar, or those of a list: k3s accepts either.
    fileprivate func scalars(_ node: Int) -> [Bytes] {
        switch self[node].kind {
        case .null, .mapping, .alias: return []
        case .sequence:
            var scalars: [Bytes] = []
            forEachChild(of: node) { child in
                if self[target(of: child)].kind != .sequence { scalars += self.scalars(target(of: child)) }
            }
            return scalars
        default: return [Bytes(content(of: node))]
        }
    }
}
