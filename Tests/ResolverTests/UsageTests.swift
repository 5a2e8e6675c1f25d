import LinuxSystem
import Testing

@testable import resolver

@Suite("Help")
struct UsageTests {
    private let lines = String(describing: Usage.help).split(separator: "\n", omittingEmptySubsequences: false)

    @Test("It fits a terminal, with the prompt below it")
    func fits() {
        // The last line is empty: it is for the prompt.
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.utf8.count <= 80 })
    }
}
