/// Fields of one line in the journal: systemd.journal-fields(7), in the journal's native protocol.
public struct JournalFields: Equatable, Sendable {
    public private(set) var bytes = Bytes()

    public init() {}

    /// Adds a field.
    ///
    /// - Parameters:
    ///   - name: Capitals, digits and underscores.
    ///   - value: Must be without line ends, as what has been through ``escaped(_:limit:)`` is.
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
