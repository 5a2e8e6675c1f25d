import LinuxSystem

extension Document {
    /// Calls `body` with each key and value of a mapping, those it takes over with `<<` in their place: what comes
    /// later wins, as in go-yaml version 2.
    func forEachMergedEntry(
        of mapping: Int = 0, _ body: (_ key: Int, _ value: Int) throws(Refusal) -> Void
    ) throws(Refusal) {
        try forEachEntry(of: mapping) { (key, value) throws(Refusal) in
            guard self[key].kind == .merge else { return try body(target(of: key), value) }
            for source in try mergeSources(target(of: value)) {
                try forEachMergedEntry(of: source, body)
            }
        }
    }

    /// The mappings that the value of a `<<` names. Of a list the first one wins, so it comes last.
    private func mergeSources(_ value: Int) throws(Refusal) -> [Int] {
        var sources: [Int] = []
        switch self[value].kind {
        case .mapping: sources = [value]
        case .sequence: forEachChild(of: value) { sources.insert(target(of: $0), at: 0) }
        default: throw Refusal("a << names no mapping")
        }
        guard sources.allSatisfy({ self[$0].kind == .mapping }) else { throw Refusal("a << names no mapping") }
        return sources
    }

    /// Checks every mapping's keys: JSON, into which the kubelet turns YAML, has no others than text.
    ///
    /// - Parameter unique: Whether a mapping with the same key twice is refused too.
    func checkKeys(unique: Bool = false) throws(Refusal) {
        for mapping in nodes.indices where nodes[mapping].kind == .mapping {
            var names: [ArraySlice<UInt8>] = []
            try forEachMergedEntry(of: mapping) { (key, _) throws(Refusal) in
                switch self[key].kind {
                case .mapping, .sequence, .null, .alias: throw Refusal("a key is not text")
                default: if unique { names.append(content(of: key)) }
                }
            }
            names.sort { $0.lexicographicallyPrecedes($1) }
            for (name, following) in zip(names, names.dropFirst()) where name == following {
                throw Refusal("the key \(escaped(name, limit: 60)) stands there twice")
            }
        }
    }
}
