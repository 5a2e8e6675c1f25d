import LinuxSystem

extension Document {
    /// Reads a mapping in either format of Kubernetes: JSON if the first character is `{`, otherwise YAML.
    init(parsing content: Bytes) throws(SourceProblem) {
        let isJSON = content.first { !$0.isSpace } == UInt8(ascii: "{")
        guard let document = try isJSON ? JSONReader.read(content) : YAMLReader.read(content) else {
            throw SourceProblem("it is empty")
        }
        try document.checkForm()
        self = document
    }

    /// Checks that the document is a mapping, and that its aliases are within go-yaml's limit.
    func checkForm() throws(SourceProblem) {
        guard !hasExcessiveAliases else { throw SourceProblem("its aliases repeat too much") }
        guard root != nil else { throw SourceProblem("it is not a mapping") }
    }
}
