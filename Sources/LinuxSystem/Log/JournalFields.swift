/// Fields of one journal entry: systemd.journal-fields(7), in the journal's native protocol.
public struct JournalFields: Equatable, Sendable {
    public private(set) var bytes = Bytes()

    public init() {}

    /// Adds a field.
    ///
    /// - Parameters:
    ///   - name: Capitals, digits and underscores.
    ///   - value: Must not contain newlines; the output of ``escaped(_:limit:)`` does not.
    public mutating func add(_ name: StaticString, _ value: String) {
        bytes += name
        bytes += "="
        bytes += value
        bytes += "\n"
    }

    public mutating func add(_ name: StaticString, _ value: StaticString) {
        bytes += name
        bytes += "="
        bytes += value
        bytes += "\n"
    }
}
