import CLinux
import LinuxSystem
import Testing

@testable import DNSUpcall
@testable import Diagnosis

@Suite("The last upcalls")
struct HistoryCheckTests {
    private let now = 1_800_000_000

    private func record(_ name: String, _ result: UpcallResult, age: Int) -> UpcallRecord {
        var record = UpcallRecord()
        record.time = (now - age) * 1_000_000
        (record.name, record.result, record.view) = (Bytes(name.utf8), result, .cluster)
        (record.duration, record.lifetime) = (.microseconds(1500), 1)
        if result == .found {
            record.text = Bytes("10.0.0.1")
        } else {
            (record.errno, record.text) = (Errno(EAGAIN), Bytes("no usable answer; cluster view"))
        }
        return record
    }

    private func check(_ records: [UpcallRecord]) -> [Finding] { HistoryCheck.findings(records, now: now) }

    @Test("The newest failures are reported, each name once, with their number")
    func failures() {
        let findings = check([
            record("first.svc", .noAnswer, age: 3000), record("good.svc", .found, age: 2000),
            record("second.svc", .unreachable, age: 600), record("third.svc", .late, age: 130),
            record("fourth.svc", .noAnswer, age: 90), record("third.svc", .noAnswer, age: 7),
        ])
        #expect(findings.count == 3)
        let told = [("third.svc", "7 s"), ("fourth.svc", "90 s"), ("second.svc", "10 min")]
        for (finding, (name, age)) in zip(findings, told) {
            expect([finding], .warning, .history, "\(name): ", " \(age) ", "EAGAIN", "resolver --check \(name)")
        }
        expect(findings, .warning, .history, "third.svc", "5 of 6 ")
    }

    @Test("Old failures and those of probes do not count")
    func noFailure() {
        let probe = record("upcall-resolver-check..probe.svc", .invalid, age: 5)
        expect(check([]), .good, .history)
        expect(check([record("old.svc", .noAnswer, age: 3600), probe]), .good, .history)
        expect(check([record("a.svc", .found, age: 5)]), .good, .history)
    }

    @Test(
        "A name that a shell would not take literally is not in a command",
        arguments: ["a;reboot", "$(x)", "-f", ""])
    func hostileName(name: String) throws {
        let finding = try #require(check([record(name, .invalid, age: 5)]).first)
        #expect(finding.remedy.contains("resolver --check and "))
    }

    @Test("A host without a history, and one with a foreign history")
    func file() throws {
        let tree = try Tree()
        let state = StateDirectory(Bytes(tree.path("/").utf8), owner: 0)
        func check() throws -> [Finding] { try tree.withHost { HistoryCheck.run($0, before: now, in: state) } }
        guard geteuid() == 0 else {
            expect(try check(), .warning, .history, "root")
            return
        }
        expect(try check(), .good, .history)
        try tree.write("something else", to: "/upcalls", mode: 0o600)
        expect(try check(), .warning, .history, "version")
    }

    @Test("This check's own upcalls are not reported")
    func ownUpcalls() throws {
        guard geteuid() == 0 else { return }
        let tree = try Tree()
        let state = StateDirectory(Bytes(tree.path("/").utf8), owner: 0)
        let slot = UpcallSlot.make()
        slot.finish(.late, errno: EAGAIN, lifetime: 1, microseconds: 1500, time: now * 1_000_000)
        try #require(UpcallHistory(in: state)).add(slot)
        func check(_ start: Int) throws -> [Finding] {
            try tree.withHost { HistoryCheck.run($0, before: start, in: state) }
        }
        expect(try check(now + 1), .warning, .history, "1 of 1 ")
        expect(try check(now), .good, .history)
    }
}
