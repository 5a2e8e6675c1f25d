import LinuxSystem
import Testing

@testable import resolver

@Suite("Help")
struct UsageTests {
    private let lines = String(describing: Usage.help).split(separator: "\n", omittingEmptySubsequences: false)

    @Test("It fits a terminal, with the prompt below it")
    func fits() {
        // The last one is empty: a prompt stands there.
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.utf8.count <= 80 })
    }

    @Test("It has every option")
    func complete() {
        let help = lines.joined(separator: "\n")
        for option in [
            "--check", "--json", "--debug", "--dump-config", "--config", "--root", "--no", "--output", "--verbose",
            "--version", "--help", "-D", "-c", "-N", "-o", "-v", "-V", "-h",
        ] {
            #expect(help.contains(option), Comment(rawValue: option))
        }
    }
}
