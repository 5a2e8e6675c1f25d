import LinuxSystem

/// An input that is read from front to back. After its end everything is zero and empty.
public struct Input {
    private var rest: ArraySlice<UInt8>

    public init(_ content: Bytes) {
        rest = content[...]
    }

    public mutating func byte() -> UInt8 {
        rest.popFirst() ?? 0
    }

    public mutating func number() -> UInt16 {
        UInt16(byte()) << 8 | UInt16(byte())
    }

    public mutating func bytes(_ count: Int) -> Bytes {
        defer { rest = rest.dropFirst(count) }
        return Bytes(rest.prefix(count))
    }

    /// The bytes whose number the two bytes before them give.
    public mutating func block() -> Bytes {
        bytes(Int(number()))
    }

    /// The bytes up to the next NUL, without it.
    public mutating func text() -> Bytes {
        let text = Bytes(rest.prefix { $0 != 0 })
        rest = rest.dropFirst(text.count + 1)
        return text
    }

    public mutating func address() -> IPAddress {
        let count = byte() & 1 == 0 ? 4 : 16
        let bytes = bytes(count)
        return IPAddress(networkOrder: bytes + Bytes(repeating: 0, count: count - bytes.count))
    }
}
