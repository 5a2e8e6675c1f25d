import LinuxSystem

/// Merges drop-ins into the kubelet's configuration, as `mergeKubeletConfigurations` of cmd/kubelet/app does: each
/// drop-in is a JSON merge patch (RFC 7386) on the configuration as JSON. Go's decoder, which ignores the case of
/// keys, reads the result.
struct ConfigurationMerge {
    private enum Value {
        case list([Bytes])
        case text(Bytes)
        case null
        /// Fits neither setting. The kubelet rejects it only if no later drop-in replaces it.
        case unfit
    }

    private struct Entry {
        var key: Bytes
        var value: Value
        var origin: String?
    }

    private let base: KubeletSettings
    /// The entries for the two settings, one for each spelling that occurs.
    private var entries: [Entry]

    init(base: KubeletSettings) {
        self.base = base
        // The kubelet's internal type spells the keys like this. So a drop-in in the documented spelling does not
        // replace these entries: its own come after them in the result.
        entries = [
            Entry(key: Bytes("ClusterDNS"), value: .list(base.clusterDNS.value), origin: base.clusterDNS.origin),
            Entry(
                key: Bytes("ClusterDomain"), value: .text(base.clusterDomain.value),
                origin: base.clusterDomain.origin),
        ]
    }

    mutating func merge(_ content: Bytes, origin: String) throws(SourceProblem) {
        let document = try Document(parsing: content)
        try document.checkKeys(unique: true)
        var hasKind = false
        var hasVersion = false
        try document.forEachMergedEntry { (key, value) throws(SourceProblem) in
            let name = document.content(of: key)
            if name.equals("kind") { hasKind = try !document.string(value, named: "kind").isEmpty }
            if name.equals("apiVersion") { hasVersion = try !document.string(value, named: "apiVersion").isEmpty }
            if name.equalsIgnoringCase("clusterDNS") || name.equalsIgnoringCase("clusterDomain") {
                merge(Bytes(name), Self.value(document.target(of: value), of: document), origin)
            }
        }
        guard hasKind else { throw SourceProblem("it has no kind") }
        guard hasVersion else { throw SourceProblem("it has no apiVersion") }
    }

    private mutating func merge(_ key: Bytes, _ value: Value, _ origin: String) {
        entries.removeAll { $0.key == key }
        if case .null = value { return }
        entries.append(Entry(key: key, value: value, origin: origin))
    }

    func result() throws(SourceProblem) -> KubeletSettings {
        var result = base
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            switch (entry.key.equalsIgnoringCase("clusterDNS"), entry.value) {
            case (true, .list(let servers)): result.clusterDNS = Setting(servers, origin: entry.origin)
            case (false, .text(let domain)): result.clusterDomain = Setting(domain, origin: entry.origin)
            case (true, _): throw SourceProblem("clusterDNS must be a list of strings", source: entry.origin)
            case (false, _): throw SourceProblem("clusterDomain must be a string", source: entry.origin)
            }
        }
        return result
    }

    private static func value(_ node: Int, of document: Document) -> Value {
        switch document[node].kind {
        case .null: return .null
        case .string: return .text(Bytes(document.content(of: node)))
        case .sequence:
            guard let list = try? document.strings(node, named: "clusterDNS") else { return .unfit }
            return .list(list)
        default: return .unfit
        }
    }
}
