import CLinux
import Foundation
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("The last answers")
struct LastAnswersTests {
    private let file: TemporaryState
    private let now = Moment(sinceStart: 1000, sinceEpoch: 1_800_000_000)
    private let address = IPAddress("10.0.0.1".utf8)!

    init() throws { file = try TemporaryState() }

    private func answers(
        _ name: String = "nfs.svc.k8s.test", _ families: AddressFamilies = .both
    ) throws -> LastAnswers {
        try LastAnswers(for: HostName(name), families, in: file.directory)
    }

    private func later(_ seconds: Int) -> Moment {
        Moment(sinceStart: now.sinceStart + seconds, sinceEpoch: now.sinceEpoch + seconds)
    }

    @Test("The next process recalls a kept answer, with its age, whatever the name's case")
    func keep() throws {
        #expect(try answers().recall(now: now) == nil)
        try answers().keep(address, now: now)
        let (recalled, age) = try #require(try answers("NFS.svc.K8s.test").recall(now: later(42)))
        #expect(recalled == address)
        #expect(age == 42)
    }

    @Test("The newest answer counts, and each question has its own answer")
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

    @Test("With any number of names, the file does not grow beyond its pages, and the newest are found")
    func bounded() throws {
        for index in 0..<3000 { try answers("n\(index).svc").keep(address, now: later(index)) }
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        #expect(size == 33 * 4096)
        let found = try (0..<3000).filter { try answers("n\($0).svc").recall(now: later(3000)) != nil }
        #expect((64...256).contains(found.count))
        #expect(found.contains(2999))
        #expect(!found.contains(0))
    }

    @Test("The file is created for its owner alone, and replaces one of another type or mode")
    func foreign() throws {
        try answers().keep(address, now: now)
        func mode() throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        }
        #expect(try mode() == 0o600)
        for replace in [
            { try checked(chmod(self.file.path, 0o640)) },
            {
                try FileManager.default.removeItem(atPath: self.file.path)
                return try checked(mkfifo(self.file.path, 0o600))
            },
            {
                try FileManager.default.removeItem(atPath: self.file.path)
                return try checked(symlink("/etc/passwd", self.file.path))
            },
        ] {
            try answers().keep(address, now: now)
            _ = try replace()
            #expect(try answers().recall(now: now) == nil)
            #expect(try mode() == 0o600)
        }
        try FileManager.default.removeItem(atPath: file.path)
        try checked(mkdir(file.path, 0o700))
        #expect(throws: Errno.self) { try answers() }
    }

    @Test("A record with any damaged byte does not count")
    func damaged() throws {
        let whole = LastAnswer(name: Bytes("nfs.svc"), families: .both, address: address, time: now)
        #expect(LastAnswer(record: whole.record) == whole)
        for index in whole.record.indices {
            var record = whole.record
            record[index] ^= 0x10
            #expect(LastAnswer(record: record) == nil, "\(index)")
        }
        for size in [0, 8, 16, 511] { #expect(LastAnswer(record: Bytes(whole.record.prefix(size))) == nil) }
        #expect(LastAnswer(record: whole.record + [0]) == nil)
        #expect(LastAnswer(record: Bytes(repeating: 0, count: LastAnswer.size)) == nil)
    }

    @Test("Every kind of record is read back as written")
    func roundTrip() {
        let longest = Bytes(repeating: UInt8(ascii: "a"), count: 63) + [UInt8(ascii: ".")]
        for families in [AddressFamilies.both, .ipv4, .ipv6] {
            for address in ["10.0.0.1", "fd00::1"].map({ IPAddress($0.utf8)! }) {
                let answer = LastAnswer(
                    name: Bytes((longest + longest + longest + longest).prefix(253)), families: families,
                    address: address, time: Moment(sinceStart: 0, sinceEpoch: -1))
                #expect(answer.record.count == LastAnswer.size)
                #expect(LastAnswer(record: answer.record) == answer)
            }
        }
    }

    @Test("Concurrent writers leave complete records")
    func concurrent() async throws {
        let directory = file.directory
        // These names share a page, and are more than it has room for.
        func page(_ name: String) -> UInt64 { Bytes(text: name).withUnsafeBytes { checksum($0) >> 32 % 32 } }
        let names = (0..<5000).map { "n\($0).svc" }.filter { page($0) == page("n0.svc") }.prefix(12)
        await withTaskGroup { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    for _ in 0..<200 {
                        guard let answers = try? LastAnswers(for: HostName(name), .both, in: directory) else {
                            continue
                        }
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
        "It is the greater age of the two clocks, and unknown if one went back",
        arguments: [
            (Moment(sinceStart: 990, sinceEpoch: 1_799_999_990), 10),
            (Moment(sinceStart: 990, sinceEpoch: 1_799_999_900), 100),
            (Moment(sinceStart: 100, sinceEpoch: 1_800_000_000), 900),
            // The machine was restarted; somebody set the clock.
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
