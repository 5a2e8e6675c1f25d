import CLinux
import LinuxSystem

/// What handlers, each a separate process, leave for later ones and for people to inspect: counters, the log
/// budget, and the last upcalls. It is shared memory in a file below `/run`, so that using it costs no system
/// calls.
///
/// Nothing here is locked: a handler may be killed at any time, and must never wait for another one. Counters are
/// words that are incremented atomically, and a record that was not written whole is ignored. Whatever the file
/// contains, reading it is safe.
public struct UpcallHistory: Sendable {
    private static let name: StaticString = "upcalls"

    /// The path of the file on this machine.
    public static var path: Bytes { StateDirectory.standard.path(of: name) }

    /// How many upcalls the history keeps.
    public static var capacity: Int { 256 }

    /// "resolver", with the layout number in place of its last letter.
    private static var mark: UInt64 { 0x0165_766C_6F73_6572 }
    private static var size: Int { Place.records + capacity * UpcallSlot.size }

    /// Offsets in the file. Words have eight bytes.
    private enum Place {
        /// The number of the next record.
        static var next: Int { 64 }
        static var logBudget: Int { 128 }
        static var counters: Int { 512 }
        static var records: Int { 4096 }
    }

    private let file: SharedFile

    /// Opens the file for a handler, creating it if necessary. Nil if that is not possible.
    public init?(in directory: StateDirectory = .standard) {
        guard let file = try? SharedFile(Self.name, in: directory, size: Self.size, mark: Self.mark) else {
            return nil
        }
        self.file = file
    }

    /// Opens the file to read it.
    ///
    /// - Throws: `ENOENT` if no handler has run since the machine booted, `EACCES` for users other than root.
    public init(reading directory: StateDirectory) throws(Errno) {
        file = try SharedFile(reading: Self.name, in: directory, size: Self.size, mark: Self.mark)
    }

    public var counters: UpcallCounters { UpcallCounters(words: words(at: Place.counters)) }
    public var logBudget: LogBudget { LogBudget(words: words(at: Place.logBudget)) }

    private func words(at place: Int) -> UnsafeMutablePointer<UInt64> {
        (file.memory + place).assumingMemoryBound(to: UInt64.self)
    }

    // MARK: The last upcalls

    /// Adds a finished record, in place of the oldest. Safe in signal handlers.
    func add(_ slot: UpcallSlot) {
        let number = linux_atomic_add(words(at: Place.next), 1)
        slot.seal(number: number)
        self.slot(number).place.copyMemory(from: slot.place, byteCount: UpcallSlot.size)
    }

    /// The number that the next record will have.
    public var next: UInt64 { linux_atomic_load(words(at: Place.next)) }

    /// A record by its number; nil if it is not yet written, has been overwritten, or was never written whole.
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
