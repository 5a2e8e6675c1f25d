import CLinux
import Foundation
import LinuxSystem
import Synchronization
import Testing

/// The commands that show finished upcalls and the kernel's cache.
@Suite("Operation", .upcalls)
struct OperationTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    /// A command line of the program with the history of ``Scenario/operation``: in the host's own, storms of other
    /// tests would displace the records. SIGTERM is blocked, as in Swift's threads.
    private func command(_ arguments: String...) -> [String] {
        let state = host.directory.appending(path: Scenario.operation.stateDirectory).path
        let script =
            "mkdir -p \(state) /run/resolver; mount --bind \(state) /run/resolver; exec env --block-signal=TERM \"$@\""
        return ["unshare", "--mount", "--propagation", "private", "sh", "-euc", script, "sh", host.program]
            + arguments
    }

    /// The columns of the `--list` lines about a name, by query type.
    private func rows(_ name: String) async throws -> [String: [String]] {
        let list = try await Command.run(command("--list"))
        #expect(list.status == 0)
        let rows = list.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
        return Dictionary(rows.filter { $0[0] == name }.map { ($0[1], $0) }) { $1 }
    }

    @Test("The list shows the kernel's keys: the answer, and who holds it")
    func list() async throws {
        let name = Scenario.operation.name()
        try await Upcall.holding([name]) {
            let row = try #require(try await rows(name)["-"])
            #expect(row[2] == "positive")
            #expect(row.suffix(2) == ["a program", "10.10.0.2"])

            let json = try await Command.run(command("--list", "--json"))
            let keys = try #require(
                JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
            let key = try #require(keys.first { $0["name"] as? String == name })
            #expect(key["type"] is NSNull)
            #expect(key["errno"] is NSNull)
            #expect(key["value"] as? String == "10.10.0.2")
            let secondsLeft = try #require(key["secondsLeft"] as? Int)
            #expect((1...600).contains(secondsLeft))
        }
    }

    @Test("The list shows the names that the kernel refuses, with the error", arguments: ["none.svc", "v4.svc"])
    func refusals(domain: String) async throws {
        let type = domain == "none.svc" ? "-" : "aaaa"
        var row: [String]?
        // A refusal lasts ten seconds, which may be too short to show it on a busy machine.
        for _ in 0..<20 where row == nil {
            let name = Scenario.operation.name("\(domain).cluster.local")
            try await Upcall.holding([type == "-" ? name : "\(type):\(name)"]) { row = try await rows(name)[type] }
        }
        #expect(try #require(row)[2] == "negative")
        #expect(row?.last == Errno(ENODATA).text)
    }

    @Test("A name that is being looked up is listed as such")
    func beingLookedUp() async throws {
        let name = Scenario.operationWaiting.name()
        async let pending = Upcall.request(name)
        let handler = try await Handler.waiting(in: .operationWaiting)
        let row = try await rows(name)["-"]
        try handler.end(by: SIGTERM)
        _ = await pending
        #expect(try #require(row)[2] == "being looked up")
    }

    @Test("Names that programs hold are not forgotten, and the output says so")
    func flushOthers() async throws {
        let name = Scenario.operation.name()
        try await Upcall.holding([name]) {
            let flush = try await Command.run([host.program, "--flush", name.uppercased() + "."])
            #expect(flush.status == 0)
            #expect(flush.output.contains("not for file systems"), "\(flush.output)")
            let unknown = try await Command.run([host.program, "--flush", "x\ny"])
            #expect(unknown.output.wholeMatch(of: /x\\x0ay: [ -~]+\n/) != nil, "\(unknown.output)")
            let all = try await Command.run([host.program, "--flush"])
            #expect(all.status == 0)
            #expect(all.output.contains(/: \d+\n/), "\(all.output)")
        }
    }

    /// A running `--watch`, with its output so far.
    private final class Watch {
        let process = Process()
        let pipe = Pipe()
        private let output = Output()

        /// Waits until it shows something.
        init(_ command: [String]) async throws {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = command
            process.standardOutput = pipe
            pipe.fileHandleForReading.readabilityHandler = { [output] handle in
                let text = String(decoding: handle.availableData, as: UTF8.self)
                // Otherwise the end would be reported again and again.
                if text.isEmpty { handle.readabilityHandler = nil }
                output.text.withLock { $0 += text }
            }
            try process.run()
            // It shows upcalls that end after its start, and the moment of its start cannot be seen from here.
            for _ in 0..<200 where output.text.withLock({ $0.isEmpty }) {
                _ = await Upcall.request(Scenario.operation.name())
                try await Task.sleep(for: .milliseconds(200))
            }
        }

        /// It would keep the tests' standard error open, and `swift test` waits for its end.
        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        func line(about name: String) -> String? {
            output.text.withLock { $0.split(separator: "\n").first { $0.contains(name) }.map(String.init) }
        }

        /// Waits until it has shown a name, or has ended.
        func shows(_ name: String) async throws {
            for _ in 0..<6000 where process.isRunning && line(about: name) == nil {
                try await Task.sleep(for: .milliseconds(10))
            }
        }

        func hasEnded() async throws -> Bool {
            for _ in 0..<6000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
            return !process.isRunning
        }

        private final class Output: Sendable { let text = Mutex("") }
    }

    @Test("Upcalls are shown as they end, including those that the deadline ends")
    func watch() async throws {
        let watch = try await Watch(command("--watch"))
        let found = Scenario.operation.name()
        _ = await Upcall.request(found)
        try await watch.shows(found)
        let line = try #require(watch.line(about: found))
        let expected = /\d\d:\d\d:\d\d [^ ]+: .*10\.10\.0\.2.* 600 s.* cluster .*127\.0\.0\.180.* [\d.]+ m?s/
        #expect(line.wholeMatch(of: expected) != nil, "\(line)")

        var lateLine: String?
        // On a busy machine the deadline may pass before the server is asked.
        for _ in 0..<20 where lateLine?.contains("127.0.0.192") != true {
            let late = Scenario.operationLate.name()
            _ = await Upcall.request(late)
            try await watch.shows(late)
            lateLine = watch.line(about: late)
        }
        let expectedLate = /.*127\.0\.0\.192.* deadline .*EAGAIN.* 1 s/
        #expect(try #require(lateLine).wholeMatch(of: expectedLate) != nil, "\(lateLine!)")

        watch.process.terminate()
        #expect(try await watch.hasEnded())
    }

    @Test("Watching ends when the reader has gone, even if there is nothing to show")
    func unreadWatch() async throws {
        let watch = try await Watch(command("--watch"))
        watch.pipe.fileHandleForReading.readabilityHandler = nil
        try watch.pipe.fileHandleForReading.close()
        #expect(try await watch.hasEnded())
        #expect(watch.process.terminationStatus == 0)
    }

    @Test("The metrics count upcalls")
    func metrics() async throws {
        func invalid() async throws -> Int {
            let metrics = try await Command.run(command("--metrics"))
            let line = /resolver_upcalls_total\{view="none",result="invalid"\} (\d+)\n/
            let count = try #require(metrics.output.firstMatch(of: line)).1
            return try #require(Int(count))
        }
        _ = await Upcall.request(Scenario.operation.name())
        let before = try await invalid()
        _ = await Upcall.request(Scenario.operation.name("no name"))
        #expect(try await invalid() == before + 1)
    }

    @Test("Users other than root must become root", arguments: ["--list", "--flush", "--watch", "--metrics"])
    func notRoot(option: String) async throws {
        let command = try await Command.run([
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", host.program, option,
        ])
        #expect(command.status == 1)
        #expect(command.output.contains("sudo"))
    }

    @Test("The log has some lines of a storm of failures, and then the number of omitted ones")
    func limitedLog() async throws {
        let log = try LogSocket(path: host.directory.appending(path: Scenario.limitedLogSocket).path)
        let count = /resolver\[\d+\]: (\d+)\b/
        var (upcalls, written, told, others) = (0, 0, 0, [String]())
        // On a busy machine they may fall into two windows of ten seconds, and none is omitted.
        for _ in 0..<20 where told == 0 {
            _ = await Upcall.requests((0..<2 * Scenario.logBurst).map { _ in Scenario.limitedLog.name() })
            // The first upcall after the window logs the count.
            try await Task.sleep(for: .seconds(10))
            _ = await Upcall.request(Scenario.limitedLog.name())
            upcalls += 2 * Scenario.logBurst + 1
            written = try await log.datagrams(containing: Scenario.limitedLog.prefix).count
            others = try await log.datagrams(containing: "resolver[").filter {
                !$0.contains(Scenario.limitedLog.prefix)
            }
            told = others.compactMap { $0.firstMatch(of: count).flatMap { Int($0.1) } }.reduce(0, +)
        }
        #expect(told > 0)
        #expect(written + told == upcalls)
        // A notice replaces the first omitted line.
        let notices = others.filter { $0.firstMatch(of: count) == nil }
        #expect(!notices.isEmpty && notices.allSatisfy { $0.contains(" \(Scenario.logBurst) ") }, "\(others)")
    }

    @Test("The journal gets the parts of a failure and the requester as fields")
    func journal() async throws {
        let journal = try LogSocket(path: host.directory.appending(path: Scenario.journalSocket).path)
        let name = Scenario.journal.name("none.svc.cluster.local")
        #expect(await Upcall.request(name).errno == Errno(ENODATA))
        let entries = try await journal.datagrams(containing: name)
        #expect(entries.count == 1)
        let fields = entries.first?.split(separator: "\n").map(String.init) ?? []
        for field in [
            "PRIORITY=4", "SYSLOG_FACILITY=3", "SYSLOG_IDENTIFIER=resolver", "RESOLVER_NAME=\(name)",
            "RESOLVER_VIEW=cluster", "RESOLVER_SERVER=127.0.0.180", "RESOLVER_RESULT=not_found",
        ] { #expect(fields.contains(field), "\(fields)") }
        for field in [
            /MESSAGE_ID=[0-9a-f]{32}/, /RESOLVER_DURATION_USEC=\d+/, /RESOLVER_REQUESTER_PID=\d+/,
            /RESOLVER_REQUESTER_COMM=.+/,
        ] { #expect(fields.contains { $0.wholeMatch(of: field) != nil }, "\(fields)") }
        #expect(fields.last?.hasPrefix("MESSAGE=\(name): ") == true)
        #expect(try await host.log.datagrams(containing: name).isEmpty)
    }
}
