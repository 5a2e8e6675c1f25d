import CLinux

/// A short text that a child process writes and its parent reads, even while the child hangs: memory that both share.
public struct SharedNote: @unchecked Sendable {
    private static let size = 4096

    private let memory: UnsafeMutableRawPointer

    /// Nil where there is no memory.
    public init?() {
        guard let memory = linux_map_shared(-1, Self.size, PROT_READ | PROT_WRITE) else { return nil }
        self.memory = memory
    }

    /// Replaces the text, cut off to what there is room for.
    public func write(_ text: Bytes) {
        let length = min(text.count, Self.size - 2)
        memory.storeBytes(of: 0, as: UInt16.self)
        UnsafeMutableRawBufferPointer(start: memory + 2, count: length).copyBytes(from: text.prefix(length))
        memory.storeBytes(of: UInt16(length), as: UInt16.self)
    }

    /// What was written last.
    public var text: Bytes {
        let length = min(Int(memory.load(as: UInt16.self)), Self.size - 2)
        return Bytes(UnsafeRawBufferPointer(start: memory + 2, count: length))
    }
}
