/// A value and where it was set.
struct Setting<Value> {
    var value: Value
    /// For a person to read. Nil for a default.
    var origin: String?

    init(_ value: Value, origin: String? = nil) {
        self.value = value
        self.origin = origin
    }
}
