import LinuxSystem

extension Document {
    /// Calls `body` with each key and value of a mapping, including those merged in by `<<` at that point: the last
    /// of several equal keys wins, as in go-yaml version 2.
    func forEachMergedEntry(
        of mapping: Int = 0, _ body: (_ key: Int, _ value: Int) throws(SourceProblem) -> Void
    ) throws(SourceProblem) {
        try forEachEntry(of: mapping) { (key, value) throws(SourceProblem) in
            guard self[key].kind == .merge else { return try body(target(of: key), value) }
            for source in try mergeSources(target(of: value)) {
                try forEachMergedEntry(of: source, body)
            }
        }
    }

    /// The mappings that the value of a `<<` names. In a list the first has precedence, so it comes last here.
    private func mergeSources(_ value: Int) throws(SourceProblem) -> [Int] {
        var sources: [Int] = []
        switch self[value].kind {
        case .mapping: sources = [value]
        case .sequence: forEachChild(of: value) { sources.append(target(of: $0)) }
        default: throw SourceProblem("a << names no mapping")
        }
        guard sources.allSatisfy({ self[$0].kind == .mapping }) else {
            throw SourceProblem("a << names no mapping")
        }
        return sources.reversed()
    }

    /// Checks the keys of every mapping: they must be scalars, because the kubelet converts YAML to JSON.
    ///
    /// - Parameter unique: Whether to reject a key that occurs twice in a mapping.
    func checkKeys(unique: Bool = false) throws(SourceProblem) {
        for mapping in nodes.indices where nodes[mapping].kind == .mapping {
            var names: [ArraySlice<UInt8>] = []
            try forEachMergedEntry(of: mapping) { (key, _) throws(SourceProblem) in
                switch self[key].kind {
                case .mapping, .sequence, .null, .alias: throw SourceProblem("a key is not a string")
                default: if unique { names.append(content(of: key)) }
                }
            }
            names.sort { $0.lexicographicallyPrecedes($1) }
            for (name, following) in zip(names, names.dropFirst()) where name == following {
                throw SourceProblem("duplicate key \(escaped(name, limit: 60))")
            }
        }
    }
}
