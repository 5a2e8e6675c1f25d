import Foundation
import LinuxSystem
import Testing

@testable import Diagnosis

/// A directory that represents a host's `/`, removed with this object. Its program is `resolver`.
final class Tree {
    static let program = "/usr/local/sbin/resolver"
    static let rule = "create dns_resolver * * \(program) %k\n"

    let url: URL

    /// A host where everything is in order.
    init(conf: String? = Tree.rule) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "diagnosis-\(UUID().uuidString)")
            .resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try write("this program", to: Tree.program, mode: 0o755)
        try write("request-key", to: "/sbin/request-key", mode: 0o755)
        try directory("/etc/request-key.d")
        if let conf { try write(conf, to: "/etc/request-key.conf") }
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ path: String) -> String { url.path + path }

    func directory(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: self.path(path), withIntermediateDirectories: true)
    }

    func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        try directory((path as NSString).deletingLastPathComponent)
        try Data(text.utf8).write(to: URL(filePath: self.path(path)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.path(path))
    }

    func link(_ path: String, to target: String) throws {
        try directory((path as NSString).deletingLastPathComponent)
        try FileManager.default.createSymbolicLink(atPath: self.path(path), withDestinationPath: target)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: self.path(path)) }

    /// The tree as a host. The file at ``program`` counts as the running program.
    func withHost<Result>(_ body: (borrowing ExaminedHost) throws -> Result) throws -> Result {
        try body(try ExaminedHost(root: Bytes(url.path.utf8), program: Bytes(path(Tree.program).utf8)))
    }
}

extension Finding {
    /// The finding in one line.
    var line: String { "\(level) \(link.title): \(reason) -> \(remedy)" }
}

/// Expects a finding of this link and level whose text has all these parts.
func expect(
    _ findings: [Finding], _ level: Level, _ link: Link, _ parts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let found = findings.contains { finding in
        finding.link == link && finding.level == level && parts.allSatisfy { finding.line.contains($0) }
    }
    #expect(found, "\(findings.map(\.line).joined(separator: "\n"))", sourceLocation: sourceLocation)
}
