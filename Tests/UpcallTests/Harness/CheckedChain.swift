import Foundation
import Testing

/// What `resolver --check --json` found.
struct CheckedChain: Decodable {
    struct Finding: Decodable {
        let link, level, reason: String
        let remedy: String?
    }

    let level: String
    let findings: [Finding]

    /// What to say where it is not what it should be.
    var text: Comment {
        Comment(
            rawValue: findings.map { "\($0.level) \($0.link): \($0.reason) -> \($0.remedy ?? "")" }.joined(
                separator: "\n"))
    }

    /// Reads a run's output, whose exit status must fit.
    init(_ command: Command) throws {
        do {
            self = try JSONDecoder().decode(CheckedChain.self, from: Data(command.output.utf8))
        } catch {
            throw SetUpFailure("\(error) in:\n\(command.output)")
        }
        #expect(command.status == ["good": 0, "warning": 1, "bad": 2][level], text)
    }

    /// Runs it on the host, for a name.
    static func run(_ name: String, as prefix: [String] = []) async throws -> CheckedChain {
        try CheckedChain(try await Command.run(prefix + [TestHost.shared().program, "--check", "--json", name]))
    }

    /// Checks that there is a finding of this level with all these parts in its reason or remedy, and with a remedy
    /// unless it is good.
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
