import LinuxSystem

/// A YAML or JSON document as a flat list of nodes in document order, each container followed by its children.
///
/// Aliases are kept, not expanded, so that no document takes more room than its text.
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
        /// Where the text of a scalar lies in `text`; for an alias, `start` is the node it stands for.
        var start: Int
        var count: Int
        /// The index of the first node after this one and its children.
        var end: Int
        /// How many nodes there would be with every alias expanded, and how many of them through an alias.
        var expanded: Int
        var aliased: Int
    }

    let isJSON: Bool
    private(set) var nodes: [Node] = []
    private(set) var text = Bytes()

    init(isJSON: Bool) {
        self.isJSON = isJSON
        nodes.reserveCapacity(128)
        text.reserveCapacity(2048)
    }

    /// The mapping that the document is, if it is one. go-yaml expands an alias here too, but none can stand here.
    var root: Int? {
        nodes.first?.kind == .mapping ? 0 : nil
    }

    subscript(index: Int) -> Node { nodes[index] }

    /// What a node stands for: itself, or the target of an alias.
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
}

/// Puts a document together, and refuses one that is out of all proportion.
struct DocumentBuilder {
    /// Go's JSON decoder and its YAML scanner go no deeper.
    static let deepest = 10_000
    private static let mostNodes = 200_000
    private static let mostAnchors = 1000
    private static let mostAliases = 10_000
    /// The sum of the nodes' depths: libyaml looks at every open flow collection again for each token.
    private static let mostDepths = 1_000_000

    private(set) var document: Document
    private var open: [Int] = []
    private var anchors: [(name: Bytes, node: Int)] = []
    private var aliases = 0
    private var depths = 0

    init(isJSON: Bool) {
        document = Document(isJSON: isJSON)
    }

    var depth: Int { open.count }

    var innermostIsMapping: Bool {
        guard let innermost = open.last else { return false }
        return document[innermost].kind == .mapping
    }

    mutating func begin(_ kind: Document.Kind, anchor: Bytes? = nil) throws(Refusal) {
        guard open.count < Self.deepest else { throw Refusal("it is nested too deeply") }
        open.append(document.nodes.count)
        try add(kind, anchor: anchor)
    }

    mutating func end() {
        guard let container = open.popLast() else { return }
        document.close(container)
        if let parent = open.last { document.count(container, in: parent) }
    }

    mutating func scalar(
        _ kind: Document.Kind, _ content: some Collection<UInt8>, anchor: Bytes? = nil
    ) throws(Refusal) {
        let index = document.nodes.count
        try add(kind, content: content, anchor: anchor)
        if let parent = open.last { document.count(index, in: parent) }
    }

    mutating func alias(_ name: Bytes) throws(Refusal) {
        aliases += 1
        guard aliases <= Self.mostAliases else { throw Refusal("it has too many aliases") }
        guard let target = anchors.last(where: { $0.name == name })?.node else {
            throw Refusal("an alias has no anchor")
        }
        guard !open.contains(target) else { throw Refusal("an anchor contains itself") }
        let index = document.nodes.count
        try add(.alias, anchor: nil)
        document.point(index, to: target)
        if let parent = open.last { document.count(index, in: parent) }
    }

    private mutating func add(
        _ kind: Document.Kind, content: some Collection<UInt8> = Bytes(), anchor: Bytes?
    ) throws(Refusal) {
        guard document.nodes.count < Self.mostNodes else { throw Refusal("it has too many nodes") }
        depths += open.count
        guard depths <= Self.mostDepths else { throw Refusal("too much of it is nested too deeply") }
        if let anchor {
            guard anchors.count < Self.mostAnchors else { throw Refusal("it has too many anchors") }
            anchors.append((anchor, document.nodes.count))
        }
        document.append(kind, content)
    }
}

extension Document {
    /// Whether expanding the aliases would mostly repeat the same nodes: the measure of go-yaml, which the kubelet
    /// reads with.
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

    fileprivate mutating func append(_ kind: Kind, _ content: some Collection<UInt8>) {
        nodes.append(
            Node(kind: kind, start: text.count, count: content.count, end: nodes.count + 1, expanded: 1, aliased: 0)
        )
        text.append(contentsOf: content)
    }

    fileprivate mutating func close(_ container: Int) {
        nodes[container].end = nodes.count
    }

    fileprivate mutating func point(_ alias: Int, to target: Int) {
        nodes[alias].start = target
        nodes[alias].expanded = 1 + nodes[target].expanded
        nodes[alias].aliased = nodes[target].expanded
    }

    fileprivate mutating func count(_ child: Int, in parent: Int) {
        // Far above every limit, far below overflow.
        let most = 1 << 40
        nodes[parent].expanded = min(nodes[parent].expanded + nodes[child].expanded, most)
        nodes[parent].aliased = min(nodes[parent].aliased + nodes[child].aliased, most)
    }
}
