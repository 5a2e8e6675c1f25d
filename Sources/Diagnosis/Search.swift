import LinuxSystem

extension Collection<UInt8> {
    /// Whether the bytes of `text` occur anywhere in these.
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

extension Bytes {
    /// Whether a shell takes this literally, as one word, and this program does not take it for an option.
    var isPlainWord: Bool {
        !isEmpty && first != UInt8(ascii: "-")
            && allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}
