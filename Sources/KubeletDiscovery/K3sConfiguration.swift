import LinuxSystem

/// The settings of k3s' own configuration file that end in its kubelet's flags: `/etc/rancher/k3s/config.yaml`.
struct K3sConfiguration {
    /// `cluster-dns`, `cluster-domain`: of a server.
    private(set) var clusterDNS: [Bytes] = []
    private(set) var clusterDomain: Bytes?
    /// `kubelet-arg`: flags without the leading hyphens.
    private(set) var kubeletArguments: [Bytes] = []

    init(parsing content: Bytes) throws(Refusal) {
        guard let document = try YAMLReader.read(content) else { return }
        guard !document.hasExcessiveAliases, document.root != nil else { throw Refusal("it is not a mapping") }
        try document.forEachMergedEntry { (key, value) throws(Refusal) in
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
    /// A scalar, or those of a list: k3s takes either.
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
