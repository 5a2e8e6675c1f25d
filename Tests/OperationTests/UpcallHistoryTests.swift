import CLinux
import Foundation
import LinuxSystem
import Testing

@testable import DNSUpcall
@testable import Operation

@Suite("The history of upcalls")
struct UpcallHistoryTests {
    private let file: HistoryFile
    init() throws { file = try HistoryFile() }

    @Test("A record holds what was entered, as far as it fits")
    func roundTrip() throws {
        let history = try #require(file.open())
        let slot = HistoryFile.slot(String(repeating: "n", count: 300), String(repeating: "t", count: 300))
        slot.setKey(77)
        slot.setView(.cluster, IPAddress("fd00::a".utf8))
        slot.finish(.noAnswer, errno: EAGAIN, lifetime: 1, microseconds: 2_203_071, time: 5)
        history.add(slot)
        let record = try #require(try UpcallHistory(reading: file.directory).records.first)
        #expect(record.name == Bytes(repeating: UInt8(ascii: "n"), count: 264))
        #expect(record.text == Bytes(repeating: UInt8(ascii: "t"), count: UpcallSlot.longestText))
        #expect((record.key, record.lifetime, record.duration, record.time) == (77, 1, .microseconds(2_203_071), 5))
        #expect(record.result == .noAnswer)
        #expect(record.view == .cluster)
        #expect(record.server == IPAddress("fd00::a".utf8))
        #expect(record.errno == Errno(EAGAIN))
        #expect(record.line.hasSuffix("ttt, 2203.071 ms; rejected with EAGAIN for 1 s"))
    }

    @Test("With many writers at once, no record is lost, torn or counted twice")
    func concurrentWriters() throws {
        let (writers, each) = (8, 2000)
        let directory = file.directory
        DispatchQueue.concurrentPerform(iterations: writers) { writer in
            // Each opens the file for itself, as processes do. The first one creates it; others may go without it
            // meanwhile.
            var opened = UpcallHistory(in: directory)
            while opened == nil { opened = UpcallHistory(in: directory) }
            guard let history = opened else { return }
            for index in 0..<each {
                history.add(HistoryFile.slot("w\(writer).\(index)", "\(writer * each + index)"))
                history.counters.count(.cluster, .found, microseconds: 900)
            }
        }
        let history = try #require(file.open())
        #expect(history.next == UInt64(writers * each))
        #expect(history.counters.upcalls(.cluster, .found) == UInt64(writers * each))
        #expect(history.counters.histogram(.cluster)[0] == UInt64(writers * each))
        let records = history.records
        #expect(records.count > UpcallHistory.capacity - writers && records.count <= UpcallHistory.capacity)
        for record in records {
            let parts = String(decoding: record.name.dropFirst(), as: UTF8.self).split(separator: ".")
            let number = Int(parts[0])! * each + Int(parts[1])!
            #expect(String(decoding: record.text, as: UTF8.self) == "\(number)")
        }
    }

    @Test("An incomplete record does not count")
    func torn() throws {
        let history = try #require(file.open())
        for index in 0..<4 { history.add(HistoryFile.slot("name\(index)")) }
        // A byte of the second record's text, and of the third's number.
        for place in [4096 + 512 + 340, 4096 + 2 * 512 + 8] { try file.overwrite(at: place) }
        #expect(history.records.map { String(decoding: $0.name, as: UTF8.self) } == ["name0", "name3"])
    }

    @Test("A file of another version, size, mode or type is replaced", arguments: 0..<6)
    func replaced(fault: Int) throws {
        let path = file.path
        do {
            let history = try #require(file.open())
            history.add(HistoryFile.slot("old"))
        }
        switch fault {
        case 0: path.withCString { _ = chmod($0, 0o644) }
        case 1: path.withCString { _ = truncate($0, 100) }
        case 2: path.withCString { _ = truncate($0, 1 << 20) }
        case 3: try file.overwrite(at: 0)
        case 4:
            // A file with holes.
            path.withCString { _ = truncate($0, 0) }
            path.withCString { _ = truncate($0, 4096 + 256 * 512) }
        default:
            path.withCString { _ = unlink($0) }
            path.withCString { _ = symlink("/etc/passwd", $0) }
        }
        #expect(throws: Errno.self) { try UpcallHistory(reading: file.directory) }
        let history = try #require(file.open())
        #expect(history.records.isEmpty)
        history.add(HistoryFile.slot("new"))
        #expect(file.open()?.records.count == 1)
    }

    @Test("If there can be no file, there is no history")
    func impossible() {
        #expect(UpcallHistory(in: StateDirectory(Bytes("/proc/nothing"), owner: geteuid())) == nil)
        let path = file.path
        path.withCString { _ = mkdir($0, 0o755) }
        #expect(file.open() == nil)
    }

    @Test("Hostile numbers in the file are read safely")
    func hostileNumbers() throws {
        let history = try #require(file.open())
        try file.overwrite(at: 64, with: Bytes(repeating: 0xFF, count: 4096 - 64))
        #expect(history.records.isEmpty)
        #expect(history.logBudget.take(limit: 1, now: 5) == .write)
        history.counters.count(nil, .failed, microseconds: -5)
        #expect(Metrics(history: history, keys: []).text.contains("resolver_cache_entries"))
        history.add(HistoryFile.slot("a"))
        history.add(HistoryFile.slot("b"))
    }

    @Test("A watch shows the upcalls after its start, and counts those that it missed")
    func watch() throws {
        var early = UpcallWatch(file.directory)
        #expect(early.look().records.isEmpty)
        let history = try #require(file.open())
        history.add(HistoryFile.slot("first"))
        #expect(early.look().records.map(\.name) == [Bytes("first")])
        var watch = UpcallWatch(file.directory)
        #expect(watch.look().records.isEmpty)
        for index in 0..<UpcallHistory.capacity + 10 { history.add(HistoryFile.slot("n\(index)")) }
        let look = watch.look()
        #expect(look.lost == 10)
        #expect(look.records.count == UpcallHistory.capacity)
        #expect(watch.look().records.isEmpty)
    }

    @Test("A watch waits a second for an unfinished record, and then goes on")
    func watchGap() throws {
        let history = try #require(file.open())
        var watch = UpcallWatch(file.directory)
        for index in 0..<3 { history.add(HistoryFile.slot("n\(index)")) }
        try file.overwrite(at: 4096 + 512 + 340)
        #expect(watch.look(now: MonotonicTime(microseconds: 1_000_000)).records.map(\.name) == [Bytes("n0")])
        #expect(watch.look(now: MonotonicTime(microseconds: 1_900_000)).records.isEmpty)
        let look = watch.look(now: MonotonicTime(microseconds: 2_000_000))
        #expect(look.records.map(\.name) == [Bytes("n2")])
        #expect(look.lost == 1)
    }
}
