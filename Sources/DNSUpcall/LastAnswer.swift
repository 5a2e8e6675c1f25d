import LinuxSystem

/// The last good answer to a question, as it is kept: a record of fixed size that is whole or does not count. Handlers
/// that run at the same time, or are killed, may leave anything behind.
///
/// Offsets; numbers are little-endian, and what is unused is zero:
///
///      0  "stale 1\n"                     32  families
///      8  checksum of all that follows    33  size of the address
///     16  seconds since the start         34  address
///     24  seconds since 1970              50  size of the name, and the name
struct LastAnswer: Equatable {
    static let size = 512
    private static let magic: StaticString = "stale 1\n"

    /// In small letters, without the final dot.
    let name: Bytes
    let families: Request.Families
    let address: IPAddress
    /// When it was given.
    let time: Moment

    init(name: Bytes, families: Request.Families, address: IPAddress, time: Moment) {
        self.name = name
        self.families = families
        self.address = address
        self.time = time
    }

    /// Nil for anything but a whole record.
    init?(record: some Collection<UInt8>) {
        guard record.count == Self.size, record.starts(with: Self.magic) else { return nil }
        let record = Bytes(record)
        let addressSize = Int(record[33])
        guard number(record[8..<16]) == checksum(record[16...]), addressSize == 4 || addressSize == 16,
            let families = Request.Families.stored.first(where: { $0.code == record[32] }),
            let name = try? HostName(validating: record[51..<51 + Int(record[50])])
        else { return nil }
        self.init(
            name: name.bytes, families: families, address: IPAddress(networkOrder: record[34..<34 + addressSize]),
            time: Moment(
                sinceStart: Int(truncatingIfNeeded: number(record[16..<24])),
                sinceEpoch: Int(truncatingIfNeeded: number(record[24..<32]))))
    }

    var record: Bytes {
        var content = bytes(UInt64(truncatingIfNeeded: time.sinceStart))
        content += bytes(UInt64(truncatingIfNeeded: time.sinceEpoch))
        content += [families.code, UInt8(address.bytes.count)] + address.bytes
        content += Bytes(repeating: 0, count: 50 - 16 - content.count) + [UInt8(name.count)] + name
        content += Bytes(repeating: 0, count: Self.size - 16 - content.count)
        return Bytes(Self.magic) + bytes(checksum(content)) + content
    }
}

/// The 64-bit FNV-1a hash. It tells a torn record from a whole one; nobody but root could forge either.
func checksum(_ content: some Sequence<UInt8>) -> UInt64 {
    content.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

private func bytes(_ number: UInt64) -> Bytes {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

extension Request.Families {
    fileprivate static var stored: [Self] { [.both, .ipv4, .ipv6] }

    fileprivate var code: UInt8 {
        switch self {
        case .both: 0
        case .ipv4: 4
        case .ipv6: 6
        }
    }
}
