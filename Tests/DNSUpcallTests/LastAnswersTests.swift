import CLinux
import Foundation
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("The last good answers")
struct LastAnswersTests {
    private let file: TemporaryFile
    private let now = Moment(sinceStart: 1000, sinceEpoch: 1_800_000_000)
    private let address = IPAddress("10.0.0.1".utf8)!

    init() throws { file = try TemporaryFile() }

    private func answers(
        _ name: String = "nfs.svc.k8s.test", _ families: Request.Families = .both
    ) throws -> LastAnswers {
        try LastAnswers(for: HostName(name), families, in: file.bytes)
    }

    private func later(_ seconds: Int) -> Moment {
        Moment(sinceStart: now.sinceStart + seconds, sinceEpoch: now.sinceEpoch + seconds)
    }

    @Test("What was kept is recalled by the next process, with its age, whatever the name's case")
    func keep() throws {
        #expect(try answers().recall(now: now) == nil)
        try answers().keep(address, now: now)
        let (recalled, age) = try #require(try answers("NFS.svc.K8s.test").recall(now: later(42)))
        #expect(recalled == address)
        #expect(age == 42)
    }

    @Test("The newest answer counts, and each question has its own")
    func questions() throws {
        let other = IPAddress("fd00::2".utf8)!
        try answers().keep(other, now: now)
        try answers().keep(address, now: later(1))
        try answers("nfs.svc.k8s.test", .ipv6).keep(other, now: now)
        #expect(try answers().recall(now: later(1))?.address == address)
        #expect(try answers("nfs.svc.k8s.test", .ipv6).recall(now: now)?.address == other)
        #expect(try answers("nfs.svc.k8s.test", .ipv4).recall(now: now) == nil)
        #expect(try answers("nfs2.svc.k8s.test").recall(now: now) == nil)
    }

    @Test("An address that the name has lost is forgotten, for all questions")
    func forget() throws {
        try answers().keep(address, now: now)
        try answers("nfs.svc.k8s.test", .ipv4).keep(address, now: now)
        try answers("nfs.svc.k8s.test", .ipv6).keep(IPAddress("fd00::2".utf8)!, now: now)
        try answers().forget(where: \.isIPv4)
        #expect(try answers().recall(now: now) == nil)
        #expect(try answers("nfs.svc.k8s.test", .ipv4).recall(now: now) == nil)
        #expect(try answers("nfs.svc.k8s.test", .ipv6).recall(now: now) != nil)
    }

    @Test("However many names there are, the file does not grow beyond its pages, and the newest are found")
    func bounded() throws {
        for index in 0..<3000 { try answers("n\(index).svc").keep(address, now: later(index)) }
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        #expect((1...64 * 4096).contains(size))
        let found = try (0..<3000).filter { try answers("n\($0).svc").recall(now: later(3000)) != nil }
        #expect((64...512).contains(found.count))
        #expect(found.contains(2999))
        #expect(!found.contains(0))
    }

    @Test("The file is made for its owner alone, and one of another kind or mode is left alone")
    func foreign() throws {
        try answers().keep(address, now: now)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        for mode: mode_t in [0o620, 0o602, 0o640, 0o604] {
            try checked(chmod(file.path, mode))
            #expect(throws: LastAnswersProblem.self) { try answers() }
        }
        for replace in [
            { try checked(mkfifo(self.file.path, 0o600)) }, { try checked(symlink("/etc/passwd", self.file.path)) },
            { try checked(mkdir(self.file.path, 0o700)) },
        ] {
            try FileManager.default.removeItem(atPath: file.path)
            _ = try replace()
            #expect(throws: LastAnswersProblem.self) { try answers() }
        }
    }

    @Test("A record that is not whole does not count, whichever byte of it is damaged")
    func damaged() throws {
        let whole = LastAnswer(name: Bytes("nfs.svc"), families: .both, address: address, time: now)
        #expect(LastAnswer(record: whole.record) == whole)
        for index in whole.record.indices {
            var record = whole.record
            record[index] ^= 0x10
            #expect(LastAnswer(record: record) == nil, "\(index)")
        }
        for size in [0, 8, 16, 511] { #expect(LastAnswer(record: whole.record.prefix(size)) == nil) }
        #expect(LastAnswer(record: whole.record + [0]) == nil)
        #expect(LastAnswer(record: Bytes(repeating: 0, count: LastAnswer.size)) == nil)
    }

    @Test("Every kind of record is read as it was written")
    func roundTrip() {
        let longest = Bytes(repeating: UInt8(ascii: "a"), count: 63) + [UInt8(ascii: ".")]
        for families in [Request.Families.both, .ipv4, .ipv6] {
            for address in ["10.0.0.1", "fd00::1"].map({ IPAddress($0.utf8)! }) {
                let answer = LastAnswer(
                    name: Bytes((longest + longest + longest + longest).prefix(253)), families: families,
                    address: address, time: Moment(sinceStart: 0, sinceEpoch: -1))
                #expect(answer.record.count == LastAnswer.size)
                #expect(LastAnswer(record: answer.record) == answer)
            }
        }
    }

    @Test("Writers at the same time leave whole records")
    func concurrent() async throws {
        let path = file.bytes
        // These names share a page: more of them than it has room for.
        let page = checksum(Bytes("n0.svc")) % 64
        let names = (0..<5000).map { "n\($0).svc" }.filter { checksum(Bytes(text: $0)) % 64 == page }.prefix(12)
        await withTaskGroup { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    for _ in 0..<200 {
                        guard let answers = try? LastAnswers(for: HostName(name), .both, in: path) else { continue }
                        let own = IPAddress("10.0.0.\(index + 1)".utf8)!
                        if let (address, _) = answers.recall() { #expect(address == own) }
                        answers.keep(own)
                    }
                }
            }
        }
        #expect(try names.contains { try answers($0).recall() != nil })
    }
}

@Suite("The age of an answer")
struct MomentTests {
    private let now = Moment(sinceStart: 1000, sinceEpoch: 1_800_000_000)

    @Test(
        "It is the greater one by both clocks, and none where one has gone back",
        arguments: [
            (Moment(sinceStart: 990, sinceEpoch: 1_799_999_990), 10),
            (Moment(sinceStart: 990, sinceEpoch: 1_799_999_900), 100),
            (Moment(sinceStart: 100, sinceEpoch: 1_800_000_000), 900),
            // The machine has started anew; somebody has set the clock.
            (Moment(sinceStart: 5000, sinceEpoch: 1_799_999_990), nil),
            (Moment(sinceStart: 990, sinceEpoch: 1_800_000_001), nil),
            (Moment(sinceStart: .min, sinceEpoch: 0), nil), (Moment(sinceStart: 0, sinceEpoch: .min), nil),
        ] as [(Moment, Int?)])
    func age(earlier: Moment, seconds: Int?) {
        #expect(now.seconds(since: earlier) == seconds)
    }

    @Test("Now is not before now")
    func clocks() {
        let before = Moment.now
        #expect(before.sinceStart > 0 && before.sinceEpoch > 1_700_000_000)
        #expect(Moment.now.seconds(since: before) != nil)
    }
}
