import Foundation
import Testing

/// The output of `resolver --check --json`.
struct CheckedChain: Decodable {
    struct Finding: Decodable {
        let link, level, reason: String
        let remedy: String?
    }

    let level: String
    let findings: [Finding]

    /// The findings, for the comment of a failed test.
    var text: Comment {
        Comment(
            rawValue: findings.map { "\($0.level) \($0.link): \($0.reason) -> \($0.remedy ?? "")" }.joined(
                separator: "\n"))
    }

    /// Parses a run's output, which must match its exit status.
    init(_ command: Command) throws {
        do {
            self = try JSONDecoder().decode(CheckedChain.self, from: Data(command.output.utf8))
        } catch {
            throw SetUpFailure("\(error) in:\n\(command.output)")
        }
        #expect(command.status == ["good": 0, "warning": 1, "bad": 2][level], text)
    }

    /// Runs the check on the host, for a name.
    static func run(_ name: String, as prefix: [String] = []) async throws -> CheckedChain {
        let program = try await TestHost.shared().program
        return try CheckedChain(try await Command.run(prefix + [program, "--check", "--json", name]))
    }

    /// Expects a finding of this level with all these parts in its reason or remedy, and a remedy unless it is good.
    func expect(
        _ level: String, _ link: String, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = findings.contains { finding in
            let text = "\(finding.reason) -> \(finding.remedy ?? "")"
            return finding.link == link && finding.level == level && parts.allSatisfy(text.contains)
                && (level == "good") == (finding.remedy == nil)
        }
        #expect(found, text, sourceLocation: sourceLocation)
    }
}
