import LinuxSystem

/// The kubelet's configuration with drop-ins merged in, by `mergeKubeletConfigurations` of cmd/kubelet/app: every
/// drop-in is a JSON merge patch (RFC 7386) on the configuration as JSON, and Go's decoder, to which the case of a
/// key is nothing, reads the outcome.
struct ConfigurationMerge {
    private enum Value {
        case list([Bytes])
        case text(Bytes)
        case null
        /// Fits neither setting. The kubelet refuses it only if it is still there in the end.
        case unfit
    }

    private struct Entry {
        var key: Bytes
        var value: Value
        /// For a person to read; nil where the setting was never made.
        var origin: String?
    }

    /// The entries for the two settings under each spelling that occurs.
    private var entries: [Entry]
    private let base: KubeletConfiguration

    /// Begins with the main configuration; without one, with an empty one.
    init(
        base: KubeletConfiguration = KubeletConfiguration(), clusterDNSOrigin: String? = nil,
        clusterDomainOrigin: String? = nil
    ) {
        self.base = base
        // The kubelet's internal type has these spellings, so that no drop-in that is written as documented
        // replaces these entries themselves: it stands beside them, and is read after them.
        entries = [
            Entry(key: Bytes("ClusterDNS"), value: .list(base.clusterDNS), origin: clusterDNSOrigin),
            Entry(key: Bytes("ClusterDomain"), value: .text(base.clusterDomain), origin: clusterDomainOrigin),
        ]
    }

    mutating func merge(_ content: Bytes, origin: String) throws(KubeletConfiguration.Problem) {
        let document = try Document.parsed(content)
        do throws(Refusal) {
            try document.checkKeys(unique: true)
            var hasKind = false
            var hasVersion = false
            try document.forEachMergedEntry { (key, value) throws(Refusal) in
                let name = document.content(of: key)
                if name.equals("kind") { hasKind = try !document.string(value).isEmpty }
                if name.equals("apiVersion") { hasVersion = try !document.string(value).isEmpty }
                if name.equalsIgnoringCase("clusterDNS") || name.equalsIgnoringCase("clusterDomain") {
                    merge(Bytes(name), Self.value(document.target(of: value), of: document), origin)
                }
            }
            guard hasKind else { throw Refusal("it has no kind") }
            guard hasVersion else { throw Refusal("it has no apiVersion") }
        } catch {
            throw .refused(error.reason)
        }
    }

    private mutating func merge(_ key: Bytes, _ value: Value, _ origin: String) {
        entries.removeAll { $0.key == key }
        if case .null = value { return }
        entries.append(Entry(key: key, value: value, origin: origin))
    }

    /// The configuration, and where each of its settings came from.
    func result() throws(Refusal) -> (KubeletConfiguration, (dns: String?, domain: String?)) {
        var result = base
        var origins: (dns: String?, domain: String?)
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            switch (entry.key.equalsIgnoringCase("clusterDNS"), entry.value) {
            case (true, .list(let servers)): (result.clusterDNS, origins.dns) = (servers, entry.origin)
            case (false, .text(let domain)): (result.clusterDomain, origins.domain) = (domain, entry.origin)
            case (true, _): throw Refusal("\(entry.origin ?? ""): clusterDNS is not a list of text")
            case (false, _): throw Refusal("\(entry.origin ?? ""): clusterDomain is not text")
            }
        }
        return (result, origins)
    }

    private static func value(_ node: Int, of document: Document) -> Value {
        switch document[node].kind {
        case .null: return .null
        case .string: return .text(Bytes(document.content(of: node)))
        case .sequence:
            guard let list = try? document.strings(node) else { return .unfit }
            return .list(list)
        default: return .unfit
        }
    }
}
