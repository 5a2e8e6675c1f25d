import LinuxSystem

extension Document {
    /// The value of a field of type `[]string`: empty if it is missing or null. A null in the list is an empty
    /// string.
    func strings(_ field: Int?, named name: StaticString) throws(SourceProblem) -> [Bytes] {
        guard let field = field.map(target(of:)), self[field].kind != .null else { return [] }
        guard self[field].kind == .sequence else { throw SourceProblem("\(name) must be a list of strings") }
        var strings: [Bytes] = []
        try forEachChild(of: field) { (child) throws(SourceProblem) in
            strings.append(try string(child, named: name))
        }
        return strings
    }

    /// The value of a field of type `string`: empty if it is missing or null.
    func string(_ field: Int?, named name: StaticString) throws(SourceProblem) -> Bytes {
        guard let field = field.map(target(of:)), self[field].kind != .null else { return [] }
        guard self[field].kind == .string else { throw SourceProblem("\(name) must be a string") }
        return Bytes(content(of: field))
    }
}
