import Foundation
import LinuxSystem
import Testing

@testable import Diagnosis

@Suite("Rules as request-key reads them")
struct RequestKeyRulesTests {
    static let name = "store.default.svc.cluster.local"

    /// The decision for ``name``: the program, "error" if request-key gives up, or "none" if no rule matches.
    private func decision(_ files: [(name: String, content: String)]) -> String {
        do {
            var rules: [RequestKeyRule] = []
            for (file, content) in files {
                rules += try RequestKeyRules.matching(
                    Bytes(Self.name.utf8), in: Bytes(content.utf8), of: Bytes(file.utf8))
            }
            guard let winner = RequestKeyRules.winner(among: rules) else { return "none" }
            // A truncated rule is still a rule for request-key.
            let command = RequestKeyCommand(winner)
            return command.problem == nil ? String(decoding: command.program, as: UTF8.self) : "error"
        } catch {
            return "error"
        }
    }

    /// Runs the real request-key, which reads the files in its working directory.
    private func realDecision(_ files: [(name: String, content: String)]) async throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(
            at: directory.appending(path: "request-key.d"), withIntermediateDirectories: true)
        for (file, content) in files { try Data(content.utf8).write(to: directory.appending(path: file)) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/sbin/request-key")
        process.arguments =
            ["-d", "-l", "-n", "-v", "-D", "dns_resolver;0;0;1f0000;\(Self.name)"]
            + ["create", "1", "0", "0", "0", "0", "0", ""]
        process.currentDirectoryURL = directory
        process.standardOutput = pipe
        process.standardError = pipe
        // Waiting here would block one of the test runner's few threads.
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        if let run = output.split(separator: "\n").first(where: { $0.hasPrefix("Run ") }) {
            return String(run.dropFirst(4))
        }
        return output.contains("No matching action") ? "none" : "error"
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let conf: String
        var dropin: String? = nil
        let expected: String

        var files: [(name: String, content: String)] {
            (dropin.map { [("request-key.d/a.conf", $0)] } ?? []) + [("request-key.conf", conf)]
        }
    }

    static let cases = [
        Case(testDescription: "one rule", conf: "create dns_resolver * * /bin/a %k\n", expected: "/bin/a"),
        Case(testDescription: "no rule", conf: "# nothing\n\n", expected: "none"),
        Case(testDescription: "an empty file", conf: "", expected: "none"),
        Case(
            testDescription: "the first of equal rules",
            conf: "create dns_resolver * * /bin/a %k\ncreate dns_resolver * * /bin/b %k\n", expected: "/bin/a"),
        Case(
            testDescription: "the drop-in before the main file", conf: "create dns_resolver * * /bin/a %k\n",
            dropin: "create dns_resolver * * /bin/b %k\n", expected: "/bin/b"),
        Case(
            testDescription: "fewer characters in the description",
            conf: "create dns_resolver * * /bin/a %k\ncreate dns_resolver *.svc.cluster.local * /bin/b %k\n",
            expected: "/bin/b"),
        Case(
            testDescription: "the operation counts before the description",
            conf: "* dns_resolver store.default.svc.cluster.local * /bin/a %k\ncreate dns_resolver * * /bin/b %k\n",
            expected: "/bin/b"),
        Case(
            testDescription: "the type counts before the description",
            conf: "create dns_* store.default.svc.cluster.local * /bin/a %k\ncreate dns_resolver * * /bin/b %k\n",
            expected: "/bin/b"),
        Case(
            testDescription: "an asterisk in the middle",
            conf: "create dns_resolver store.*.local * /bin/a %k\ncreate dns_resolver * * /bin/b %k\n",
            expected: "/bin/b"),
        Case(
            testDescription: "an asterisk in the middle of a pattern that begins as the name ends",
            conf: "create dns_resolver s*l * /bin/a %k\ncreate dns_resolver st*r * /bin/b %k\n", expected: "none"),
        Case(
            testDescription: "an asterisk that covers nothing",
            conf: "create dns_resolver store.default.svc.cluster.local* * /bin/a %k\n", expected: "/bin/a"),
        Case(
            testDescription: "overlapping ends",
            conf: "create dns_resolver store.default.svc.cluster.local*local * /bin/a %k\n",
            expected: "none"),
        Case(
            testDescription: "a second asterisk is a character",
            conf: "create dns_resolver store.*.svc.* * /bin/a %k\n",
            expected: "none"),
        Case(testDescription: "capitals", conf: "create dns_resolver STORE.* * /bin/a %k\n", expected: "none"),
        Case(
            testDescription: "another type", conf: "create user * * /bin/a %k\ncreate cifs.* * * /bin/b %k\n",
            expected: "none"),
        Case(
            testDescription: "another operation", conf: "negate dns_resolver * * /bin/a %k\n", expected: "none"),
        Case(
            testDescription: "callout information", conf: "create dns_resolver * x /bin/a %k\n", expected: "none"),
        Case(
            testDescription: "lines that begin with a blank",
            conf: " create dns_resolver * * /bin/a %k\n\tcreate dns_resolver * * /bin/b %k\n", expected: "none"),
        Case(
            testDescription: "blanks between the fields",
            conf: "create   dns_resolver\t*  \t*   /bin/a   %k\n", expected: "/bin/a"),
        Case(
            testDescription: "carriage returns", conf: "create dns_resolver * * /bin/a %k\r\n", expected: "/bin/a"),
        Case(
            testDescription: "one word", conf: "create dns_resolver * * /bin/a %k\n", dropin: "garbage\n",
            expected: "error"),
        Case(
            testDescription: "two words of another operation", conf: "create dns_resolver * * /bin/a %k\n",
            dropin: "some garbage\n", expected: "/bin/a"),
        Case(
            testDescription: "a line without a program", conf: "create dns_resolver * * /bin/a %k\n",
            dropin: "create dns_resolver * *\n", expected: "error"),
        Case(
            testDescription: "a line without a program, but with a blank",
            conf: "create dns_resolver * * /bin/a %k\n",
            dropin: "create dns_resolver * * \n", expected: "error"),
        Case(
            testDescription: "a line for other names without a program",
            conf: "create dns_resolver * * /bin/a %k\n",
            dropin: "create dns_resolver other.* *\n", expected: "/bin/a"),
        Case(
            testDescription: "an error after the matching rule",
            conf: "create dns_resolver store.default.svc.cluster.local * /bin/a %k\ngarbage\n", expected: "error"),
        Case(testDescription: "no newline", conf: "create dns_resolver * * /bin/a %k", expected: "error"),
        Case(
            testDescription: "no newline, two blanks at the end", conf: "create dns_resolver * * /bin/a %k  ",
            expected: "/bin/a"),
        Case(
            testDescription: "no newline after one character", conf: "create dns_resolver * * /bin/a %k\nx",
            expected: "/bin/a"),
        Case(
            testDescription: "no newline after two characters", conf: "create dns_resolver * * /bin/a %k\nxy",
            expected: "error"),
        Case(
            testDescription: "no newline after a comment", conf: "create dns_resolver * * /bin/a %k\n# x",
            expected: "/bin/a"),
        Case(testDescription: "an unknown macro", conf: "create dns_resolver * * /bin/a %x\n", expected: "error"),
        Case(
            testDescription: "an escaped percent sign", conf: "create dns_resolver * * /bin/a %%x %k\n",
            expected: "/bin/a"),
        Case(
            testDescription: "a macro within a word", conf: "create dns_resolver * * /bin/a --key=%k\n",
            expected: "/bin/a"),
        Case(
            testDescription: "a long line",
            conf: "create dns_resolver * * /bin/a %k \(String(repeating: "x", count: 4060))\n",
            expected: "/bin/a"),
        Case(
            testDescription: "a line that is too long",
            conf: "create dns_resolver * * /bin/a %k\n# \(String(repeating: "x", count: 4093))\n", expected: "error"
        ),
        Case(
            testDescription: "as many words as it takes",
            conf: "create dns_resolver * * /bin/a \(String(repeating: "x ", count: 253))\n", expected: "/bin/a"),
        Case(
            testDescription: "a word too many",
            conf: "create dns_resolver * * /bin/a \(String(repeating: "x ", count: 254))\n", expected: "error"),
    ]

    @Test("The winning program", arguments: cases)
    func decides(example: Case) {
        #expect(decision(example.files) == example.expected)
    }

    @Test(
        "request-key itself decides the same",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/sbin/request-key")),
        arguments: cases)
    func agrees(example: Case) async throws {
        #expect(try await realDecision(example.files) == example.expected)
    }
}
