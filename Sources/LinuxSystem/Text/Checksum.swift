/// The 64-bit FNV-1a hash, over words of eight bytes. It detects torn records and distributes names; it need not
/// withstand attacks, since only root can write what it protects.
public func checksum(_ content: UnsafeRawBufferPointer) -> UInt64 {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    var rest = content
    while !rest.isEmpty {
        var word: UInt64 = 0
        if rest.count >= 8 {
            word = rest.loadUnaligned(as: UInt64.self)
        } else {
            for byte in rest { word = word << 8 | UInt64(byte) }
        }
        sum = (sum ^ word) &* 0x100_0000_01B3
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(8))
    }
    return sum
}
