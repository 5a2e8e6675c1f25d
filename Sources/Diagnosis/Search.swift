import LinuxSystem

extension Collection<UInt8> {
    /// Whether the bytes of `text` stand somewhere in these.
    func contain(_ text: StaticString) -> Bool {
        var rest = self[...]
        while let start = rest.firstIndex(of: text.utf8Start[0]) {
            rest = rest[start...]
            if rest.starts(with: text) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
