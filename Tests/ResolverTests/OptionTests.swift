import Foundation
import LinuxSystem
import Testing

@testable import resolver

/// Options have the same names everywhere as in `--help`.
@Suite("The names of options")
struct OptionTests {
    private static let help = options(in: String(describing: Usage.help))

    private static func options(in text: String) -> Set<String> {
        Set(
            text.split(whereSeparator: { !($0.isLetter || $0 == "-") }).map(String.init).filter {
                $0.wholeMatch(of: /--[a-z][a-z-]*|-[A-Za-z]/) != nil
            })
    }

    private static func lines(of path: String) throws -> [String] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: package.appending(path: path), encoding: .utf8).components(separatedBy: "\n")
    }

    /// Whether the program knows an option, however it is used.
    private static func isKnown(_ option: String) -> Bool {
        guard case .misuse(let reason, _) = Command(arguments: [Bytes(option.utf8)]) else {
            return true
        }
        return !reason.hasPrefix("there is no option")
    }

    /// Options of kafs-dns(8), accepted without effect.
    private static let silent: Set = ["-N", "-o"]

    @Test("The program knows all of them, and no other letters")
    func program() {
        #expect(Self.help.isSuperset(of: ["--check", "--dump-config", "-D"]))
        #expect(Self.help.allSatisfy(Self.isKnown))
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "z")).map { Character(UnicodeScalar($0)) }.filter(
            \.isLetter)
        #expect(
            Set(letters.map { "-\($0)" }.filter(Self.isKnown))
                == Self.help.filter { $0.count == 2 }.union(Self.silent))
    }

    @Test("The manual describes them")
    func manual() throws {
        let options = try Self.lines(of: "docs/resolver.8").filter { $0.hasPrefix(".It Fl ") }.flatMap { line in
            line.matches(of: /Fl (-?)([A-Za-z][a-z-]*)/).map { "-\($0.1)\($0.2)" }
        }
        #expect(Set(options) == Self.help)
    }

    @Test("bash completes them")
    func bash() async throws {
        let script = """
            . "$1"
            COMP_WORDS=(resolver -) COMP_CWORD=1
            _resolver
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../etc/completion/resolver.bash")
        let bash = Process()
        let output = Pipe()
        bash.executableURL = URL(filePath: "/bin/bash")
        bash.arguments = ["--norc", "-c", script, "bash", path.path]
        bash.standardOutput = output
        // Waiting here would block one of the test runner's few threads.
        try await withCheckedThrowingContinuation { continuation in
            bash.terminationHandler = { _ in continuation.resume() }
            do { try bash.run() } catch { continuation.resume(throwing: error) }
        }
        let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(Set(words.split(separator: "\n").map(String.init)) == Self.help)
    }

    @Test("zsh completes them")
    func zsh() throws {
        // Each line describes one option in both forms: '(-D --debug)'{-D,--debug}'[what it does]'
        let lines = try Self.lines(of: "etc/completion/_resolver").filter { $0.contains("[") }
        let options = lines.flatMap { Self.options(in: String($0.prefix { $0 != "[" })) }
        #expect(Set(options) == Self.help)
    }

    @Test("fish completes them")
    func fish() throws {
        let options = try Self.lines(of: "etc/completion/resolver.fish").flatMap { line in
            line.matches(of: /[ ]-(s|l) ([A-Za-z][a-z-]*)/).map { $0.1 == "s" ? "-\($0.2)" : "--\($0.2)" }
        }
        #expect(Set(options) == Self.help)
    }
}
