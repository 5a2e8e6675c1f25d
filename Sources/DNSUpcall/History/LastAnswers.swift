import DNS
import LinuxSystem

/// The last address given to the kernel for each of its own questions. No user can add one.
///
/// One file holds them all, as memory that handlers share. It has 32 pages of eight records each; the hash of the
/// name selects the page, and a new record replaces the oldest. Nothing is locked: if several handlers write at the
/// same time, a record is torn at worst, and then ignored.
public struct LastAnswers {
    private static let name: StaticString = "answers"
    /// "answer" and the layout number.
    private static let mark: UInt64 = 0x0272_6577_736E_61
    private static let pageCount = 32
    private static let recordsPerPage = 8
    /// The first page contains the mark.
    private static let pageSize = recordsPerPage * LastAnswer.size

    /// In lower case.
    private let name: Bytes
    private let families: AddressFamilies
    private let page: UnsafeMutableRawPointer

    /// Opens the file, or creates it.
    public init(for name: HostName, _ families: AddressFamilies, in directory: StateDirectory) throws(Errno) {
        self.name = name.bytes.lowercased
        self.families = families
        let file = try SharedFile(
            Self.name, in: directory, size: (1 + Self.pageCount) * Self.pageSize, mark: Self.mark)
        // The high bits of the hash depend on the whole name.
        let index = self.name.withUnsafeBytes { Int(checksum($0) >> 32 % UInt64(Self.pageCount)) }
        page = file.memory + (1 + index) * Self.pageSize
    }

    /// The last answer, and its age in seconds.
    func recall(now: Moment = .now) -> (address: IPAddress, age: Int)? {
        guard let record = records.first(where: isOwn) ?? nil, let age = now.seconds(since: record.time) else {
            return nil
        }
        return (record.address, age)
    }

    /// Stores an answer in place of the last one.
    func keep(_ address: IPAddress, now: Moment = .now) {
        guard address.scope == 0 else { return }
        let records = self.records
        let index =
            records.firstIndex(where: isOwn) ?? records.firstIndex { $0 == nil }
            ?? records.indices.min { records[$0]!.time.sinceEpoch < records[$1]!.time.sinceEpoch } ?? 0
        let bytes = LastAnswer(name: name, families: families, address: address, time: now).record
        (page + index * LastAnswer.size).copyMemory(from: bytes, byteCount: bytes.count)
    }

    private func isOwn(_ record: LastAnswer?) -> Bool {
        record.map { $0.name == name && $0.families == families } ?? false
    }

    /// Nil for each record that is not whole.
    private var records: [LastAnswer?] {
        (0..<Self.recordsPerPage).map { index in
            // A copy, since a handler may be writing there.
            LastAnswer(
                record: Bytes(UnsafeRawBufferPointer(start: page + index * LastAnswer.size, count: LastAnswer.size))
            )
        }
    }
}
