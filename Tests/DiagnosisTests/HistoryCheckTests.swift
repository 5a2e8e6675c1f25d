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
        (record.microseconds, record.lifetime) = (1500, 1)
        if result == .found {
            record.text = Bytes("10.0.0.1")
        } else {
            (record.errno, record.text) = (Errno(EAGAIN), Bytes("no usable answer; cluster view"))
        }
        return record
    }

    private func check(_ records: [UpcallRecord]) -> [Finding] { HistoryCheck.findings(records, now: now) }

    @Test("The newest failures are told, each name once, and of how many")
    func failures() {
        let findings = check([
            record("first.svc", .noAnswer, age: 3000), record("good.svc", .found, age: 2000),
            record("second.svc", .unreachable, age: 600), record("third.svc", .late, age: 130),
            record("fourth.svc", .noAnswer, age: 90), record("third.svc", .noAnswer, age: 7),
        ])
        #expect(
            findings.map(\.line) == [
                "warning last upcalls: 5 of 6 upcalls within the last hour failed, the last one 7 s ago: third.svc: no"
                    + " usable answer; cluster view, 1.500 ms; rejected with EAGAIN for 1 s"
                    + " -> does it still fail? resolver --check third.svc",
                "warning last upcalls: 90 s ago: fourth.svc: no usable answer; cluster view, 1.500 ms; rejected with"
                    + " EAGAIN for 1 s -> does it still fail? resolver --check fourth.svc",
                "warning last upcalls: 10 min ago: second.svc: no usable answer; cluster view, 1.500 ms; rejected with"
                    + " EAGAIN for 1 s -> does it still fail? resolver --check second.svc",
            ])
    }

    @Test("Failures of long ago and of probes are none")
    func noFailure() {
        let probe = record("upcall-resolver-check..probe.svc", .invalid, age: 5)
        expect(check([]), .good, .history, "no upcall within the last hour")
        expect(check([record("old.svc", .noAnswer, age: 3600), probe]), .good, .history, "no upcall within")
        expect(
            check([record("a.svc", .found, age: 5)]), .good, .history, "one upcall within the last hour, no failure"
        )
    }

    @Test("An answer that was out of date is told too")
    func stale() {
        expect(check([record("a.svc", .stale, age: 5)]), .warning, .history, "1 of 1", "the last good answer")
    }

    @Test(
        "A name that a shell would not take as it stands is in no command",
        arguments: ["a;reboot", "$(x)", "-f", ""])
    func hostileName(name: String) throws {
        let finding = try #require(check([record(name, .invalid, age: 5)]).first)
        #expect(finding.remedy == "does it still fail? resolver --check and the name")
    }

    @Test("A host without a history, and one whose history is another's")
    func file() throws {
        let tree = try Tree()
        let path = Bytes(tree.path("/upcalls").utf8)
        func check() throws -> [Finding] { try tree.withHost { HistoryCheck.run($0, before: now, path: path) } }
        guard geteuid() == 0 else {
            expect(try check(), .warning, .history, "not checked", "as root")
            return
        }
        expect(try check(), .good, .history, "no upcall since the machine was started")
        try tree.write("something else", to: "/upcalls", mode: 0o600)
        expect(try check(), .warning, .history, "not checked", "another version's", "remove it")
    }

    @Test("What this check has the kernel ask is no news")
    func ownUpcalls() throws {
        guard geteuid() == 0 else { return }
        let tree = try Tree()
        let path = Bytes(tree.path("/upcalls").utf8)
        let slot = UpcallSlot.make()
        slot.finish(.late, errno: EAGAIN, lifetime: 1, microseconds: 1500, time: now * 1_000_000)
        try #require(UpcallHistory(path)).add(slot)
        func check(_ start: Int) throws -> [Finding] {
            try tree.withHost { HistoryCheck.run($0, before: start, path: path) }
        }
        expect(try check(now + 1), .warning, .history, "1 of 1 upcalls")
        expect(try check(now), .good, .history)
    }
}
