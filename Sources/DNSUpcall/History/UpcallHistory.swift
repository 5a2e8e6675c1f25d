import CLinux
import LinuxSystem

/// What the handlers, each a process of its own, leave behind for the next ones and for a person to see: counters, the
/// log's budget, and the last upcalls. It is memory in a file below `/run`, so that it costs no system calls to use.
///
/// Nothing here is locked: a handler may be ended at any time, and must never wait for another one. Counters are words
/// that are added to at once, and a record that was not written whole does not count. Whatever the file holds, reading
/// it is safe.
public struct UpcallHistory: Sendable {
    public static let path: StaticString = "/run/resolver/upcalls"

    /// How many upcalls are kept.
    public static var capacity: Int { 256 }

    /// "resolver", with the layout's number in the place of its last letter.
    private static var mark: UInt64 { 0x0165_766C_6F73_6572 }
    private static var size: Int { Place.records + capacity * UpcallSlot.size }

    /// Where things are in the file. Words have eight bytes.
    private enum Place {
        /// The number of the next record.
        static var next: Int { 64 }
        static var logBudget: Int { 128 }
        static var counters: Int { 512 }
        static var records: Int { 4096 }
    }

    private let file: SharedFile

    /// Opens the file for a handler, and makes it if need be. Nil where that is not possible.
    public init?(_ path: Bytes = Bytes(Self.path), owner: uid_t = 0) {
        guard let file = SharedFile(path, size: Self.size, mark: Self.mark, owner: owner) else { return nil }
        self.file = file
    }

    /// Opens the file to read it.
    ///
    /// - Throws: `ENOENT` where no handler has run since the machine was started, `EACCES` for users other than root.
    public init(reading path: Bytes, owner: uid_t = 0) throws(Errno) {
        file = try SharedFile(reading: path, size: Self.size, mark: Self.mark, owner: owner)
    }

    public var counters: UpcallCounters { UpcallCounters(words: words(at: Place.counters)) }
    public var logBudget: LogBudget { LogBudget(words: words(at: Place.logBudget)) }

    private func words(at place: Int) -> UnsafeMutablePointer<UInt64> {
        (file.memory + place).assumingMemoryBound(to: UInt64.self)
    }

    // MARK: The last upcalls

    /// Adds a finished record, in the place of the oldest. For signal handlers too.
    func add(_ slot: UpcallSlot) {
        let number = linux_atomic_add(words(at: Place.next), 1)
        slot.seal(number: number)
        self.slot(number).place.copyMemory(from: slot.place, byteCount: UpcallSlot.size)
    }

    /// The number that the next record will have.
    public var next: UInt64 { linux_atomic_load(words(at: Place.next)) }

    /// A record by its number; nil where it is not written yet or any more, or was never written whole.
    public func record(_ number: UInt64) -> UpcallRecord? {
        // A copy, since a handler may be writing there.
        withUnsafeTemporaryAllocation(byteCount: UpcallSlot.size, alignment: 8) { copy in
            copy.baseAddress!.copyMemory(from: slot(number).place, byteCount: UpcallSlot.size)
            let slot = UpcallSlot(place: copy.baseAddress!)
            return slot.isWhole(number: number) ? slot.record : nil
        }
    }

    /// The last upcalls, the oldest first.
    public var records: [UpcallRecord] {
        let next = self.next
        return (0..<UInt64(Self.capacity)).reversed().compactMap { next > $0 ? record(next - 1 - $0) : nil }
    }

    private func slot(_ number: UInt64) -> UpcallSlot {
        UpcallSlot(
            place: file.memory + Place.records + Int(number % UInt64(Self.capacity)) * UpcallSlot.size)
    }
}
