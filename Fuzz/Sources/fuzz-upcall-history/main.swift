import CLinux
import Fuzzing
import LinuxSystem

@testable import DNSUpcall
@testable import Operation

// The file /run/resolver/upcalls, and everything derived from it: the next record's number, the log budget, counters,
// and one record, sealed or not.
let directory = StateDirectory(Bytes("/tmp/fuzz-upcall-history.\(getpid())".utf8), owner: geteuid())
let path = directory.path(of: "upcalls")
guard let history = UpcallHistory(in: directory) else { fatalError("no history") }
let file = path.withCString { linux_open($0, O_RDWR, 0) }
var watch = UpcallWatch(directory)
// The mapping and the descriptor are enough.
_ = path.withCString { unlink($0) }
_ = directory.path.withCString { rmdir($0) }

func write(_ bytes: Bytes, at offset: Int) {
    _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, offset) }
}

fuzz { content in
    var input = Input(content)
    let isSealed = input.byte() & 1 == 0
    let now = Int(input.number())
    let (next, budget, counters) = (input.bytes(8), input.bytes(24), input.bytes(64))
    let slot = UpcallSlot.make()
    defer { slot.place.deallocate() }
    let record = input.bytes(UpcallSlot.size)
    slot.place.copyMemory(from: record, byteCount: record.count)
    write(next, at: 64)
    write(budget, at: 128)
    write(counters, at: 512)
    let number = history.next &- 1
    if isSealed { slot.seal(number: number) }
    let place = 4096 + Int(number % UInt64(UpcallHistory.capacity)) * UpcallSlot.size
    write(Bytes(UnsafeRawBufferPointer(start: slot.place, count: UpcallSlot.size)), at: place)

    let records = history.records
    require(records.count <= UpcallHistory.capacity, "no more than the capacity")
    for record in records {
        requireLine(record.timedLine, limit: 4000)
        require(record.duration >= .zero, "a time")
        require(
            record.name.count <= UpcallSlot.longestName && record.text.count <= UpcallSlot.longestText, "lengths")
    }
    require(
        watch.look(now: MonotonicTime(microseconds: now)).records.count <= UpcallHistory.capacity,
        "a watch sees no more")
    for line in Metrics(history: history, keys: nil).text.split(separator: "\n") { requireLine(String(line)) }
    _ = history.logBudget.take(limit: 20, now: now)
    require(history.logBudget.takeLeftOut(now: now + 10) >= 0, "a number of lines")
}
