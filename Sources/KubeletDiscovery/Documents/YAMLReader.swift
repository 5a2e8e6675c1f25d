import CLibYAML
import LinuxSystem

/// Reads the first document of a YAML 1.1 stream with libyaml's event parser, and ignores the rest.
enum YAMLReader {
    /// libyaml compares each `%TAG` directive with all others before it reports the first event.
    private static let mostPercentSigns = 5000

    /// Returns nil for a stream without a document.
    static func read(_ bytes: Bytes) throws(SourceProblem) -> Document? {
        guard bytes.count(where: { $0 == UInt8(ascii: "%") }) <= mostPercentSigns else {
            throw SourceProblem("it has too many percent signs")
        }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(SourceProblem) in
            var parser = yaml_parser_t()
            guard yaml_parser_initialize(&parser) == 1 else { throw SourceProblem("out of memory") }
            defer { yaml_parser_delete(&parser) }
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            var builder = DocumentBuilder(isJSON: false)
            var event = yaml_event_t()
            while true {
                guard yaml_parser_parse(&parser, &event) == 1 else { throw problem(of: parser) }
                defer { yaml_event_delete(&event) }
                switch event.type {
                case YAML_STREAM_END_EVENT: return nil
                case YAML_DOCUMENT_END_EVENT: return builder.document
                case YAML_DOCUMENT_START_EVENT: try checkVersion(event)
                default: try add(event, to: &builder)
                }
            }
        }
    }

    private static func add(_ event: yaml_event_t, to builder: inout DocumentBuilder) throws(SourceProblem) {
        switch event.type {
        case YAML_MAPPING_START_EVENT:
            try builder.begin(.mapping, anchor: name(event.data.mapping_start.anchor))
        case YAML_SEQUENCE_START_EVENT:
            try builder.begin(.sequence, anchor: name(event.data.sequence_start.anchor))
        case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
            builder.end()
        case YAML_ALIAS_EVENT:
            try builder.alias(name(event.data.alias.anchor) ?? [])
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let content = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let kind = try kind(of: content, tag: name(scalar.tag), isPlain: scalar.plain_implicit == 1)
            try builder.scalar(kind, content, anchor: name(scalar.anchor))
        default:
            break
        }
    }

    /// The kind that go-yaml gives to a scalar.
    private static func kind(
        of content: UnsafeBufferPointer<UInt8>, tag: Bytes?, isPlain: Bool
    ) throws(SourceProblem) -> Document.Kind {
        guard let tag else { return isPlain ? plainKind(content) : .string }
        guard tag.starts(with: "tag:yaml.org,2002:") else { return .string }
        let tagged: Document.Kind
        switch tag.dropFirst(18) {
        case let type where type.equals("binary"): return .binary
        case let type where type.equals("merge"): return .merge
        case let type where type.equals("null"): tagged = .null
        case let type where type.equals("bool"): tagged = .boolean
        case let type where type.equals("int") || type.equals("float"): tagged = .number
        default: return .string
        }
        guard plainKind(content) == tagged else { throw SourceProblem("a value does not match its tag") }
        return tagged
    }

    /// go-yaml accepts YAML 1.1 only; libyaml accepts 1.2 too.
    private static func checkVersion(_ event: yaml_event_t) throws(SourceProblem) {
        guard let version = event.data.document_start.version_directive?.pointee else { return }
        guard version.major == 1, version.minor == 1 else { throw SourceProblem("its YAML version is not 1.1") }
    }

    private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> Bytes? {
        guard var end = text else { return nil }
        while end.pointee != 0 { end += 1 }
        return Bytes(UnsafeBufferPointer(start: text, count: end - text!))
    }

    private static func problem(of parser: yaml_parser_t) -> SourceProblem {
        let what = parser.problem.map { String(cString: $0) } ?? "unreadable"
        return SourceProblem("invalid YAML at line \(parser.problem_mark.line + 1): \(what)")
    }
}
