import CLinux
import Foundation
import LinuxSystem
import Testing

/// Requests that any local user can make.
@Suite("Hostile requests", .upcalls)
struct HostileRequestTests {
    init() async throws { _ = try await TestHost.shared() }

    private static let label63 = String(repeating: "a", count: 63 - Scenario.cluster.prefix.count)

    private static let invalid: [String] = [
        "x;localhost", "x;0;0;0;localhost", ";", "x\n<27>resolver[1]: forged", "%n%s%n%s%x", "%k", "$(touch x)",
        "`id`", "a b", "../../etc/passwd", "x\\x00", "a..b", "\u{1b}[2J", "münchen", "x.\u{202e}gpj",
        "127.0.0.1/8", "[::1]", "fe80::1%lo", "a:b", "#dnserror=1",
        label63 + "a.v4.svc.cluster.local", label63 + String(repeating: ".aaaaaaa", count: 24),
        String(repeating: "x", count: 4000), String(repeating: "a.", count: 2000),
        String(repeating: "%s", count: 1900),
    ]

    @Test("An invalid host name is rejected with EINVAL and one line in the log", arguments: invalid)
    func invalidName(rest: String) async throws {
        try await expectInvalid(Bytes("\(unique)\(rest)".utf8))
    }

    @Test("Unknown query types are rejected", arguments: ["ns:", "x:"])
    func unknownQueryType(type: String) async throws {
        try await expectInvalid(Bytes((type + Scenario.cluster.name()).utf8))
    }

    @Test("A name of 253 bytes with labels of 63 is valid")
    func longestName() async {
        let tail = ".v4.svc.cluster.local"
        var name = unique
        name += String(repeating: "a", count: 63 - name.utf8.count)
        while name.utf8.count < 253 - tail.utf8.count - 64 { name += "." + String(repeating: "b", count: 63) }
        name += "." + String(repeating: "c", count: 253 - tail.utf8.count - name.utf8.count - 1) + tail
        #expect(name.utf8.count == 253)
        #expect(await Upcall.request(name).outcome == "10.10.0.2")
    }

    @Test("Every byte in a name is either valid or rejected")
    func everyByte() async throws {
        try await withThrowingTaskGroup { group in
            for byte in UInt8(1)...255 {
                let valid = byte.isLetter || byte.isDigit || "-_.".utf8.contains(byte)
                let description = Bytes(unique.utf8 + [UInt8(ascii: "x"), byte] + "x.v4.svc.cluster.local".utf8)
                group.addTask {
                    guard valid else { return try await expectInvalid(description) }
                    #expect(await Upcall.request(description).outcome == "10.10.0.2", "byte \(byte)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("The server that a callout names is asked for root only", arguments: [0, 1000])
    func namedServer(user: Int) async throws {
        let name = Scenario.cluster.name()
        let command = try await Command.run(
            [
                "setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "keyctl", "session", "-", "sh",
                "-c",
                "keyctl print $(keyctl request2 dns_resolver \(name) ns=127.0.0.181)",
            ])
        // The host's server does not know the cluster's names.
        #expect(command.output.contains("10.10.0.2") == (user != 0))
        let lines = try await TestHost.shared().log.datagrams(containing: name)
        #expect(lines.count == 1)
        #expect(lines.first?.contains(user == 0 ? " 127.0.0.181" : "ns=127.0.0.181") == true)
    }

    @Test("A keyring whose name ends like the kernel's does not make a user's request the kernel's")
    func imitatedKeyring() async throws {
        let name = Scenario.cluster.name()
        let script =
            "keyctl print $(keyctl request2 dns_resolver \(name) ipv4 $(keyctl newring 'x;.dns_resolver' @s))"
        let command = try await Command.run([
            "setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "keyctl", "session", "-", "sh", "-c",
            script,
        ])
        #expect(command.output.contains("10.10.0.2"))
        let kept = (try? Data(contentsOf: URL(filePath: "/run/resolver/answers"))) ?? Data()
        #expect(kept.range(of: Data(name.utf8)) == nil)
    }

    @Test(
        "An unknown callout is ignored",
        arguments: [
            "ns=localhost", "x;y\nz", "%n%s%n", "list,", "LIST", String(repeating: "x ", count: 2000),
            String(repeating: "x", count: 4000), "\u{1b}[2J",
        ])
    func strangeCallout(callout: String) async throws {
        let name = Scenario.cluster.name()
        let upcall = await Upcall.request(name, callout: callout)
        #expect(upcall.outcome == "10.10.0.2")
        let lines = try await TestHost.shared().log.datagrams(containing: name)
        #expect(lines.count == 1)
        #expect(lines.allSatisfy(isHarmless))
    }

    /// The beginning of a name that no other log line contains.
    private var unique: String { String(Scenario.cluster.name("").dropLast()) + "u" }

    private func expectInvalid(_ description: Bytes, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let upcall = await Upcall.request(description)
        #expect(upcall.errno?.code == EINVAL, "\(escaped(description))", sourceLocation: sourceLocation)
        #expect(upcall.seconds < 4, sourceLocation: sourceLocation)
        if upcall.key != nil {
            #expect(upcall.key?.secondsLeft.map { $0 <= 10 } == true, sourceLocation: sourceLocation)
        }
        let marker = try #require(
            String(decoding: description, as: UTF8.self).firstMatch(of: /upcall-[a-z]+-\d+[u.]/))
        let lines = try await TestHost.shared().log.datagrams(containing: String(marker.output))
        #expect(lines.count == 1, "\(lines)", sourceLocation: sourceLocation)
        #expect(lines.allSatisfy(isHarmless), "\(lines)", sourceLocation: sourceLocation)
    }

    /// Whether a log line is short and consists of printable ASCII, perhaps with a final line feed.
    private func isHarmless(_ line: String) -> Bool {
        line.utf8.count < 1000 && line.wholeMatch(of: /[ -~]*\n?/) != nil
    }
}
