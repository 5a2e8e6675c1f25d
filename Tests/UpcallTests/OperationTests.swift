import CLinux
import Foundation
import LinuxSystem
import Synchronization
import Testing

/// What a person sees of upcalls that are over, and of the kernel's cache.
@Suite("Operation", .upcalls)
struct OperationTests {
    let host: TestHost
    init() throws { host = try TestHost.shared() }

    /// The program's command line where the history is that of ``Scenario/operation``: in the host's own, the storms of
    /// other tests take the place of what is looked for. SIGTERM is blocked, as it is in threads of Swift's.
    private func command(_ arguments: String...) -> [String] {
        let state = host.directory.appending(path: Scenario.operation.stateDirectory).path
        let script =
            "mkdir -p \(state) /run/resolver; mount --bind \(state) /run/resolver; exec env --block-signal=TERM \"$@\""
        return ["unshare", "--mount", "--propagation", "private", "sh", "-euc", script, "sh", host.program]
            + arguments
    }

    /// The lines of `--list` about a name, by query type, in columns.
    private func rows(_ name: String) async throws -> [String: [String]] {
        let list = try await Command.run(command("--list"))
        #expect(list.status == 0)
        let rows = list.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
        return Dictionary(rows.filter { $0[0] == name }.map { ($0[1], $0) }) { $1 }
    }

    @Test("The list shows what the kernel holds: the answer and whose it is")
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

    @Test("The list shows what the kernel refuses, and with which error", arguments: ["none.svc", "v4.svc"])
    func refusals(domain: String) async throws {
        let type = domain == "none.svc" ? "-" : "aaaa"
        var row: [String]?
        // A refusal lives for ten seconds, in which a busy machine may not come to show it.
        for _ in 0..<20 where row == nil {
            let name = Scenario.operation.name("\(domain).cluster.local")
            try await Upcall.holding([type == "-" ? name : "\(type):\(name)"]) { row = try await rows(name)[type] }
        }
        #expect(try #require(row)[2] == "negative")
        #expect(row?.last == Errno(ENODATA).text)
    }

    @Test("A name that is being looked up is listed as such")
    func beingLookedUp() async throws {
        var row: [String]?
        for _ in 0..<20 where row == nil {
            let name = Scenario.operationWaiting.name()
            async let pending = Upcall.request(name)
            for _ in 0..<6000 where try KeyLine.unanswered(name).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            row = try await rows(name)["-"]
            _ = await pending
        }
        #expect(try #require(row)[2] == "being looked up")
    }

    @Test("Names that programs hold are not forgotten, and that is said")
    func flushOthers() async throws {
        let name = Scenario.operation.name()
        try await Upcall.holding([name]) {
            let flush = try await Command.run([host.program, "--flush", name.uppercased() + "."])
            #expect(flush.status == 0)
            #expect(flush.output.contains("cached for a program, not for file systems"), "\(flush.output)")
            let unknown = try await Command.run([host.program, "--flush", "x\ny"])
            #expect(unknown.output == "x\\x0ay: not cached; nothing to forget\n")
            let all = try await Command.run([host.program, "--flush"])
            #expect(all.status == 0)
            #expect(all.output.hasPrefix("forgot all cached names of file systems: "))
        }
    }

    /// A running `--watch`, and what it has shown so far.
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
                // The end would be told again and again.
                if text.isEmpty { handle.readabilityHandler = nil }
                output.text.withLock { $0 += text }
            }
            try process.run()
            // It shows what ends after its start, which is not to be seen from here.
            for _ in 0..<200 where output.text.withLock({ $0.isEmpty }) {
                _ = await Upcall.request(Scenario.operation.name())
                try await Task.sleep(for: .milliseconds(200))
            }
        }

        /// It holds the standard error of these tests open, for whose end `swift test` waits.
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

    @Test("Upcalls are shown as they end, those that the deadline ended too")
    func watch() async throws {
        let watch = try await Watch(command("--watch"))
        let found = Scenario.operation.name()
        _ = await Upcall.request(found)
        try await watch.shows(found)
        let line = try #require(watch.line(about: found))
        let expected =
            /\d\d:\d\d:\d\d [^ ]+: 10\.10\.0\.2 for 600 s, cluster view, server 127\.0\.0\.180, [\d.]+ ms/
        #expect(line.wholeMatch(of: expected) != nil, "\(line)")

        var lateLine: String?
        // On a busy machine the deadline may come before the server's turn.
        for _ in 0..<20 where lateLine?.contains("server") != true {
            let late = Scenario.operationLate.name()
            _ = await Upcall.request(late)
            try await watch.shows(late)
            lateLine = watch.line(about: late)
        }
        #expect(try #require(lateLine).contains("server 127.0.0.192; the deadline passed, "), "\(lateLine!)")
        #expect(lateLine?.hasSuffix("rejected with EAGAIN for 1 s") == true, "\(lateLine!)")

        watch.process.terminate()
        #expect(try await watch.hasEnded())
    }

    @Test("Watching ends when nobody reads any more, though nothing is to be shown")
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

    @Test("Others than root are told to become root", arguments: ["--list", "--flush", "--watch", "--metrics"])
    func notRoot(option: String) async throws {
        let command = try await Command.run([
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", host.program, option,
        ])
        #expect(command.status == 1)
        #expect(command.output.contains("sudo"))
    }

    @Test("Of a storm of failures the log has some lines, and then how many were left out")
    func limitedLog() async throws {
        let log = try LogSocket(path: host.directory.appending(path: Scenario.limitedLogSocket).path)
        let limit = "more than \(Scenario.logBurst) "
        var upcalls = 0
        for _ in 0..<2 * Scenario.logBurst {
            _ = await Upcall.request(Scenario.limitedLog.name())
            upcalls += 1
        }
        var (written, told) = (0, 0)
        // The next upcall after ten seconds tells the count.
        for _ in 0..<300 where told == 0 || written + told != upcalls {
            try await Task.sleep(for: .seconds(1))
            _ = await Upcall.request(Scenario.limitedLog.name())
            upcalls += 1
            written = try await log.datagrams(containing: Scenario.limitedLog.prefix).count
            told = try await log.datagrams(containing: "were left out: \(limit)in 10 s").compactMap {
                $0.firstMatch(of: /(\d+) warnings and errors were left out/).flatMap { Int($0.1) }
            }.reduce(0, +)
        }
        #expect(told > 0)
        #expect(written + told == upcalls)
        let notices = try await log.datagrams(containing: "\(limit)warnings and errors in 10 s")
        #expect(!notices.isEmpty)
    }

    @Test("The journal gets the parts of a failure as fields, and who asked")
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
        #expect(fields.last?.hasPrefix("MESSAGE=\(name): no such name; cluster view") == true)
        #expect(try await host.log.datagrams(containing: name).isEmpty)
    }
}
