import DNS
import LinuxSystem

/// The stored form of the last answer to a question: a record of fixed size that is ignored unless it is whole.
/// Handlers that run at the same time, or are killed, may leave anything behind.
///
/// Offsets; numbers are little-endian, and unused bytes are zero:
///
///      0  checksum of all that follows    25  size of the address
///      8  seconds since the start         26  address
///     16  seconds since 1970              42  size of the name, and the name
///     24  families
struct LastAnswer: Equatable {
    static let size = 512

    /// In lower case, without the final dot.
    let name: Bytes
    let families: AddressFamilies
    let address: IPAddress
    /// When the answer was given.
    let time: Moment

    init(name: Bytes, families: AddressFamilies, address: IPAddress, time: Moment) {
        self.name = name
        self.families = families
        self.address = address
        self.time = time
    }

    /// Nil unless the record is whole.
    init?(record: Bytes) {
        guard record.count == Self.size else { return nil }
        let addressSize = Int(record[25])
        guard number(record[..<8]) == Self.checksum(record[8...]), addressSize == 4 || addressSize == 16,
            let families = AddressFamilies(rawValue: record[24]),
            let name = try? HostName(validating: record[43..<43 + Int(record[42])])
        else { return nil }
        self.init(
            name: name.bytes, families: families, address: IPAddress(networkOrder: record[26..<26 + addressSize]),
            time: Moment(
                sinceStart: Int(truncatingIfNeeded: number(record[8..<16])),
                sinceEpoch: Int(truncatingIfNeeded: number(record[16..<24]))))
    }

    var record: Bytes {
        var content = bytes(UInt64(truncatingIfNeeded: time.sinceStart))
        content += bytes(UInt64(truncatingIfNeeded: time.sinceEpoch))
        content += [families.rawValue, UInt8(address.bytes.count)] + address.bytes
        content += Bytes(repeating: 0, count: 42 - 8 - content.count) + [UInt8(name.count)] + name
        content += Bytes(repeating: 0, count: Self.size - 8 - content.count)
        return bytes(Self.checksum(content[...])) + content
    }

    private static func checksum(_ content: Bytes.SubSequence) -> UInt64 {
        content.withUnsafeBytes { LinuxSystem.checksum($0) }
    }
}

private func bytes(_ number: UInt64) -> Bytes {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
