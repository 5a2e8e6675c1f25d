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

    @Test("The list shows what the kernel holds: the answer, the refusal's error, and whose it is")
    func list() async throws {
        let (found, missing) = (Scenario.cluster.name(), Scenario.cluster.name("none.svc.cluster.local"))
        try await Upcall.holding([found, missing, "aaaa:" + found]) {
            let list = try await Command.run([host.program, "--list"])
            #expect(list.status == 0)
            let rows = list.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
            let positive = try #require(rows.first { $0[0] == found && $0[1] == "-" }, "\(list.output)")
            #expect(positive[2] == "positive")
            #expect(positive.suffix(2) == ["a program", "10.10.0.2"])
            let negative = try #require(rows.first { $0[0] == missing })
            #expect(negative[2] == "negative")
            #expect(negative.last == Errno(ENODATA).text)
            let other = try #require(rows.first { $0[0] == found && $0[1] == "aaaa" })
            #expect(other.last == Errno(ENODATA).text)

            let json = try await Command.run([host.program, "--list", "--json"])
            let keys = try #require(
                JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
            let key = try #require(keys.first { $0["name"] as? String == found && $0["type"] is NSNull })
            #expect(key["value"] as? String == "10.10.0.2")
            #expect(try #require(key["secondsLeft"] as? Int) <= 6)
        }
    }

    @Test("A name that is being looked up is listed as such")
    func beingLookedUp() async throws {
        let name = Scenario.silent.name()
        async let pending = Upcall.request(name)
        for _ in 0..<1000 where host.silentServer.queries(labelPrefix: String(name.prefix { $0 != "." })) == 0 {
            try await Task.sleep(for: .milliseconds(10))
        }
        let list = try await Command.run([host.program, "--list"])
        _ = await pending
        #expect(list.output.contains(try Regex("\(name) +- +being looked up")), "\(list.output)")
    }

    @Test("Names that programs hold are not forgotten, and that is said")
    func flushOthers() async throws {
        let name = Scenario.cluster.name()
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

    @Test("Upcalls are shown as they end, those that the deadline ended too")
    func watch() async throws {
        let (found, late) = (Scenario.cluster.name(), Scenario.shortDeadline.name())
        let watch = Process()
        let pipe = Pipe()
        watch.executableURL = URL(filePath: host.program)
        watch.arguments = ["--watch"]
        watch.standardOutput = pipe
        let output = Mutex("")
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let text = String(decoding: handle.availableData, as: UTF8.self)
            output.withLock { $0 += text }
        }
        try watch.run()
        defer { watch.terminate() }
        func shown(_ name: String) -> String? {
            output.withLock { $0.split(separator: "\n").first { $0.contains(name) }.map(String.init) }
        }
        // It shows what ends after its start, which is not to be seen from here.
        var first = Scenario.cluster.name()
        for _ in 0..<100 where shown(first) == nil {
            first = Scenario.cluster.name()
            _ = await Upcall.request(first)
            try await Task.sleep(for: .milliseconds(300))
        }
        _ = await (Upcall.request(found), Upcall.request(late))
        for _ in 0..<3000 where shown(found) == nil || shown(late) == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        let line = try #require(shown(found))
        #expect(
            line.wholeMatch(
                of: /\d\d:\d\d:\d\d [^ ]+: 10\.10\.0\.2 for 5 s, cluster view, server 127\.0\.0\.180, [\d.]+ ms/)
                != nil,
            "\(line)")
        let lateLine = try #require(shown(late))
        #expect(lateLine.contains("server 127.0.0.192; the deadline passed, "), "\(lateLine)")
        #expect(lateLine.hasSuffix("rejected with EAGAIN for 1 s"), "\(lateLine)")
    }

    @Test("The metrics count upcalls")
    func metrics() async throws {
        func found() async throws -> Int {
            let metrics = try await Command.run([host.program, "--metrics"])
            let line = try #require(
                metrics.output.firstMatch(of: /resolver_upcalls_total\{view="cluster",result="found"\} (\d+)\n/))
            return try #require(Int(line.1))
        }
        _ = await Upcall.request(Scenario.cluster.name())
        let before = try await found()
        _ = await Upcall.request(Scenario.cluster.name())
        #expect(try await found() > before)
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
        let limit = "more than \(Scenario.logBurst) "
        var upcalls = 0
        for _ in 0..<2 * Scenario.logBurst {
            _ = await Upcall.request(Scenario.limitedLog.name())
            upcalls += 1
        }
        var (written, told) = (0, 0)
        // The next upcall after ten seconds tells the count.
        for _ in 0..<60 where told == 0 || written + told != upcalls {
            try await Task.sleep(for: .seconds(1))
            _ = await Upcall.request(Scenario.limitedLog.name())
            upcalls += 1
            written = try await host.log.datagrams(containing: Scenario.limitedLog.prefix).count
            told = try await host.log.datagrams(containing: "were left out: \(limit)in 10 s").compactMap {
                $0.firstMatch(of: /(\d+) warnings and errors were left out/).flatMap { Int($0.1) }
            }.reduce(0, +)
        }
        #expect(told > 0)
        #expect(written + told == upcalls)
        let notices = try await host.log.datagrams(containing: "\(limit)warnings and errors in 10 s")
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
