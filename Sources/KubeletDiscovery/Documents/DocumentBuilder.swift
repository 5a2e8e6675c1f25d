import LinuxSystem

/// Builds a document from a parser's events. It limits the document's size, depth and aliases.
struct DocumentBuilder {
    /// The depth limit of Go's JSON decoder and of go-yaml's scanner.
    private static let deepest = 10_000
    private static let mostNodes = 200_000
    private static let mostAnchors = 1000
    private static let mostAliases = 10_000
    /// The sum of the nodes' depths. For each token, libyaml examines every open flow collection again.
    private static let mostDepths = 1_000_000

    private let isJSON: Bool
    private var nodes: [Document.Node] = []
    private var text = Bytes()
    private var open: [Int] = []
    private var anchors: [(name: Bytes, node: Int)] = []
    private var aliases = 0
    private var depths = 0

    init(isJSON: Bool) {
        self.isJSON = isJSON
        nodes.reserveCapacity(128)
        text.reserveCapacity(2048)
    }

    var document: Document { Document(isJSON: isJSON, nodes: nodes, text: text) }

    var depth: Int { open.count }

    var innermostIsMapping: Bool {
        guard let innermost = open.last else { return false }
        return nodes[innermost].kind == .mapping
    }

    mutating func begin(_ kind: Document.Kind, anchor: Bytes? = nil) throws(SourceProblem) {
        guard open.count < Self.deepest else { throw SourceProblem("it is nested too deeply") }
        open.append(nodes.count)
        try add(kind, anchor: anchor)
    }

    mutating func end() {
        guard let container = open.popLast() else { return }
        nodes[container].end = nodes.count
        countInParent(container)
    }

    mutating func scalar(
        _ kind: Document.Kind, _ content: some Collection<UInt8>, anchor: Bytes? = nil
    ) throws(SourceProblem) {
        try add(kind, content: content, anchor: anchor)
        countInParent(nodes.count - 1)
    }

    mutating func alias(_ name: Bytes) throws(SourceProblem) {
        aliases += 1
        guard aliases <= Self.mostAliases else { throw SourceProblem("it has too many aliases") }
        guard let target = anchors.last(where: { $0.name == name })?.node else {
            throw SourceProblem("an alias refers to no anchor")
        }
        guard !open.contains(target) else { throw SourceProblem("an anchor contains itself") }
        let index = nodes.count
        try add(.alias, anchor: nil)
        nodes[index].start = target
        nodes[index].expanded = 1 + nodes[target].expanded
        nodes[index].aliased = nodes[target].expanded
        countInParent(index)
    }

    private mutating func add(
        _ kind: Document.Kind, content: some Collection<UInt8> = Bytes(), anchor: Bytes?
    ) throws(SourceProblem) {
        guard nodes.count < Self.mostNodes else { throw SourceProblem("it has too many nodes") }
        depths += open.count
        guard depths <= Self.mostDepths else { throw SourceProblem("too many of its nodes are nested deeply") }
        if let anchor {
            guard anchors.count < Self.mostAnchors else { throw SourceProblem("it has too many anchors") }
            anchors.append((anchor, nodes.count))
        }
        nodes.append(.init(kind: kind, start: text.count, count: content.count, end: nodes.count + 1))
        text.append(contentsOf: content)
    }

    /// Adds a complete node's counts to those of its container.
    private mutating func countInParent(_ child: Int) {
        guard let parent = open.last else { return }
        // Far above every limit, far below overflow.
        let most = 1 << 40
        nodes[parent].expanded = min(nodes[parent].expanded + nodes[child].expanded, most)
        nodes[parent].aliased = min(nodes[parent].aliased + nodes[child].aliased, most)
    }
}
