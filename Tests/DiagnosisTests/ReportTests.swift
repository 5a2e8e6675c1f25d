import CLinux
import Foundation
import LinuxSystem
import Testing

@testable import Diagnosis

@Suite("The report")
struct ReportTests {
    private let findings: [Finding] = [
        .good(.kernel, "it is there"), .warning(.mounts, "a \"b\" is so", "do c"), .bad(.rule, "d", "e"),
    ]

    private func shown(_ findings: [Finding], isTerminal: Bool = false, width: Int = 0) -> (String, CheckReport) {
        var report = CheckReport(isTerminal: isTerminal, width: width)
        var text = Bytes()
        for finding in findings { text += report.text(finding) }
        return (String(decoding: text + report.summary, as: UTF8.self), report)
    }

    @Test("Plain lines of any length if the output is not a terminal")
    func plain() {
        let (text, report) = shown(findings)
        #expect(
            text == """
                good     kernel           it is there
                warning  mounts           a "b" is so
                                          -> do c
                bad      rule             d
                                          -> e

                1 bad, 1 warning. Begin with the first that is bad.

                """)
        #expect(report.level == .bad)
        let long = Finding.good(.kernel, String(repeating: "word ", count: 100))
        #expect(shown([long], width: 80).0.split(separator: "\n").count == 2)
    }

    @Test("Colours and the terminal's width on a terminal")
    func terminal() {
        let long = Finding.warning(.kernel, String(repeating: "word ", count: 30) + "end", "")
        let (text, report) = shown([long], isTerminal: true, width: 80)
        let lines = text.split(separator: "\n")
        #expect(lines[0].hasPrefix("\u{1B}[33mwarning  \u{1B}[0mkernel           word word"))
        #expect(lines[1].hasPrefix(String(repeating: " ", count: 26) + "word"))
        #expect(lines.dropFirst().allSatisfy { $0.count <= 80 })
        #expect(text.hasSuffix("end\n\n0 bad, 1 warning.\n"))
        #expect(report.level == .warning)
    }

    @Test("A word that is longer than the line stays whole")
    func longWord() {
        let word = String(repeating: "x", count: 200)
        #expect(shown([.good(.kernel, "a \(word) b")], isTerminal: true, width: 80).0.contains(word))
    }

    @Test("All is well")
    func well() {
        let (text, report) = shown([.good(.kernel, "it is there")])
        #expect(text.hasSuffix("\n\nAll is well.\n"))
        #expect(report.level == .good)
    }

    @Test("JSON has the worst level and every finding")
    func json() throws {
        struct Report: Decodable {
            struct Item: Decodable {
                let link, level, reason: String
                let remedy: String?
            }
            let level: String
            let findings: [Item]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(findings.json))
        #expect(report.level == "bad")
        #expect(report.findings.map(\.link) == ["kernel", "mounts", "rule"])
        #expect(report.findings[1].reason == "a \"b\" is so")
        #expect(report.findings.map(\.remedy) == [nil, "do c", "e"])
        #expect(([] as [Finding]).worstLevel == .good)
    }
}

@Suite("Checks in a child process")
struct IsolatedCheckTests {
    // The child of a process with other threads runs nothing that could wait for one of their locks.

    @Test("Findings are read back unchanged")
    func findings() throws {
        let sent: [Finding] = [.good(.kernel, "a"), .bad(.log, "", "ü"), .warning(.upcall, "b", "c")]
        #expect(try #require(decoded(encoded(sent))).map(\.line) == sent.map(\.line))
        #expect(decoded(encoded([]))?.isEmpty == true)
    }

    @Test("Incomplete data yields no findings")
    func cutOff() {
        let whole = encoded([.bad(.log, "reason", "remedy")])
        for length in 0..<whole.count { #expect(decoded(Bytes(whole.prefix(length))) == nil) }
    }

    @Test("A child that is late or dies yields no findings")
    func late() async {
        // On a separate thread: the test runner has few.
        let hasFindings = await withCheckedContinuation { continuation in
            Thread {
                let findings = isolated(within: .seconds(1)) {
                    sleep(1000)
                    return []
                }
                continuation.resume(returning: findings != nil)
            }.start()
        }
        #expect(!hasFindings)
        #expect(isolated(within: .seconds(60)) { _exit(0) } == nil)
        #expect(
            isolated(within: .seconds(60)) {
                kill(getpid(), SIGKILL)
                return []
            } == nil)
    }
}
