import LinuxSystem

/// A YAML or JSON document as a flat list of nodes in document order: each container precedes its children.
///
/// Aliases are kept, not expanded, so a document never takes more memory than its text warrants.
struct Document {
    enum Kind {
        case mapping, sequence, alias
        case string, number, boolean, null
        /// A plain `<<` as a key: its value's entries belong to the mapping.
        case merge
        /// A scalar tagged `!!binary`.
        case binary
    }

    struct Node {
        var kind: Kind
        /// The offset of a scalar in `text`. For an alias, the index of the node it refers to.
        var start: Int
        var count: Int
        /// The index of the first node after this one and its children.
        var end: Int
        /// The number of nodes after expanding every alias, and how many of them come from an alias.
        var expanded = 1
        var aliased = 0
    }

    let isJSON: Bool
    let nodes: [Node]
    let text: Bytes

    /// The index of the top-level mapping, nil if the document is anything else. The top level cannot be an alias.
    var root: Int? {
        nodes.first?.kind == .mapping ? 0 : nil
    }

    subscript(index: Int) -> Node { nodes[index] }

    /// The node itself, or the one that an alias refers to.
    func target(of index: Int) -> Int {
        nodes[index].kind == .alias ? nodes[index].start : index
    }

    func content(of index: Int) -> ArraySlice<UInt8> {
        text[nodes[index].start..<nodes[index].start + nodes[index].count]
    }

    /// Calls `body` with the children of a mapping or sequence, in order.
    func forEachChild<Failure: Error>(
        of container: Int, _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var child = container + 1
        while child < nodes[container].end {
            try body(child)
            child = nodes[child].end
        }
    }

    /// Calls `body` with each key and value of a mapping, in order.
    func forEachEntry<Failure: Error>(
        of mapping: Int, _ body: (_ key: Int, _ value: Int) throws(Failure) -> Void
    ) throws(Failure) {
        var key = mapping + 1
        while key < nodes[mapping].end {
            let value = nodes[key].end
            try body(key, value)
            key = nodes[value].end
        }
    }

    /// Whether an expansion of the aliases would mostly repeat the same nodes. The limit is that of go-yaml, the
    /// kubelet's parser: `allowedAliasRatio` in decode.go.
    var hasExcessiveAliases: Bool {
        guard let root = nodes.first else { return false }
        let allowed: Double =
            switch root.expanded {
            case ...400_000: 0.99
            case 4_000_000...: 0.10
            default: 0.99 - 0.89 * Double(root.expanded - 400_000) / 3_600_000
            }
        return root.aliased > 100 && root.expanded > 1000
            && Double(root.aliased) / Double(root.expanded) > allowed
    }
}
