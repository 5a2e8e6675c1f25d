import Foundation
import LinuxSystem
import Testing

@testable import Diagnosis

@Suite("The winning rule")
struct RuleCheckTests {
    private func check(_ tree: Tree, name: String = "store.default.svc.cluster.local") throws -> RuleCheck.Result {
        try tree.withHost { RuleCheck.run($0, name: Bytes(name.utf8)) }
    }

    @Test("A rule that starts this program is good")
    func good() throws {
        let result = try check(try Tree())
        expect(result.findings, .good, .rule, "/etc/request-key.conf:1", "/usr/local/sbin/resolver")
        #expect(result.findings.count == 1)
        #expect(result.isOurs)
        #expect(result.winner?.pattern == Bytes("*"))
    }

    @Test("The program may be a link, such as a package's alternative")
    func linkedProgram() throws {
        let tree = try Tree(conf: "create dns_resolver * * /sbin/key.dns_resolver %k\n")
        try tree.link("/sbin/key.dns_resolver", to: Tree.program)
        #expect(try check(tree).isOurs)
    }

    @Test("Another version of the program, or a copy of it, counts as this program")
    func otherVersion() throws {
        for content in ["an older \(ProgramIdentity.marker)", "this program"] {
            let tree = try Tree(conf: "create dns_resolver * * /opt/resolver %k\n")
            try tree.write(content, to: "/opt/resolver", mode: 0o755)
            #expect(try check(tree).isOurs)
        }
    }

    @Test("Without any rule, the lookup is not answered")
    func none() throws {
        for conf in [nil, "", "create user * * /bin/true %k\n"] {
            let result = try check(try Tree(conf: conf))
            expect(result.findings, .bad, .rule, "make install")
            #expect(result.winner == nil)
        }
    }

    @Test("A more specific rule in a drop-in is named, with the rule that it overrides")
    func shadowed() throws {
        let tree = try Tree()
        try tree.write(
            "# other\ncreate dns_resolver *.cluster.local * /opt/other %k\n", to: "/etc/request-key.d/other.conf")
        try tree.write("other", to: "/opt/other", mode: 0o755)
        let result = try check(tree)
        expect(
            result.findings, .bad, .rule, "/etc/request-key.d/other.conf:2", "/opt/other",
            "/etc/request-key.conf:1", "'*.cluster.local'", "'*'")
        #expect(!result.isOurs)
        // It does not win for every name.
        #expect(try check(tree, name: "files.example.com").isOurs)
    }

    @Test("An equally good rule that is read first is named")
    func readFirst() throws {
        let tree = try Tree()
        try tree.write("create dns_resolver * * /opt/other %k\n", to: "/etc/request-key.d/other.conf")
        try tree.write("other", to: "/opt/other", mode: 0o755)
        expect(try check(tree).findings, .bad, .rule, "other.conf:1", "/opt/other", "/etc/request-key.conf:1")
    }

    @Test("With two equally good drop-ins, chance decides")
    func tie() throws {
        let tree = try Tree(conf: nil)
        try tree.write("other", to: "/opt/other", mode: 0o755)
        try tree.write(Tree.rule, to: "/etc/request-key.d/a.conf")
        try tree.write("create dns_resolver * * /opt/other %k\n", to: "/etc/request-key.d/b.conf")
        // Whichever is read first, the other one is named.
        let result = try check(tree)
        let text = result.findings.map(\.line).joined()
        #expect(text.contains("/etc/request-key.d/a.conf:1") && text.contains("/etc/request-key.d/b.conf:1"))
        #expect(result.findings.contains { $0.level != .good })
    }

    @Test("If the rule's program does not exist, it is reported")
    func missingProgram() throws {
        let tree = try Tree()
        try tree.remove(Tree.program)
        expect(try check(tree).findings, .bad, .rule, "/usr/local/sbin/resolver")
    }

    @Test("An error in a foreign file is named with its line")
    func syntaxError() throws {
        let tree = try Tree()
        try tree.write("# theirs\ncreate dns_resolver\n", to: "/etc/request-key.d/theirs.conf")
        let result = try check(tree)
        expect(
            result.findings, .bad, .rule, "/etc/request-key.d/theirs.conf:2")
        #expect(result.winner == nil)
    }

    @Test("A linked drop-in is skipped, which is reported")
    func link() throws {
        let tree = try Tree(conf: nil)
        try tree.write(Tree.rule, to: "/opt/config/resolver.conf")
        try tree.link("/etc/request-key.d/resolver.conf", to: "/opt/config/resolver.conf")
        let findings = try check(tree).findings
        expect(findings, .warning, .rule, "/etc/request-key.d/resolver.conf", "link")
        expect(findings, .bad, .rule)
    }

    @Test("Files that request-key does not read do not matter")
    func unread() throws {
        let tree = try Tree()
        for name in [".hidden.conf", "other.conf.bak", "conf"] {
            try tree.write("create dns_resolver\n", to: "/etc/request-key.d/\(name)")
        }
        try tree.write("create user * * /bin/true %k\n", to: "/opt/user.conf")
        try tree.link("/etc/request-key.d/user.conf", to: "/opt/user.conf")
        try tree.directory("/etc/request-key.d/directory.conf")
        let result = try check(tree)
        #expect(result.isOurs)
        #expect(result.findings.count == 1)
    }

    @Test("A missing newline is reported, with what request-key reads")
    func missingNewline() throws {
        let tree = try Tree(conf: "create dns_resolver * * \(Tree.program) %k")
        expect(
            try check(tree).findings, .bad, .rule, "/etc/request-key.conf:1", "newline",
            "'/usr/local/sbin/resolver %'", "echo >>/etc/request-key.conf")
    }

    @Test(
        "A rule that starts the program so that it cannot answer is reported",
        arguments: [
            ("create dns_resolver * * \(Tree.program)\n", "number"),
            ("create dns_resolver * * \(Tree.program) key=%k\n", "number"),
            ("create dns_resolver * * |\(Tree.program) %k\n", "bar"),
            ("create dns_resolver * * \(Tree.program) %k %z\n", "%z"),
            ("create dns_resolver * * resolver %k\n", "absolute path"),
        ])
    func faultyCommand(conf: String, reason: String) throws {
        let result = try check(try Tree(conf: conf))
        expect(result.findings, .bad, .rule, "/etc/request-key.conf:1", reason)
        #expect(!result.isOurs)
    }

    @Test("A rule file that everyone may write to is reported")
    func writableRules() throws {
        let tree = try Tree()
        try tree.write(Tree.rule, to: "/etc/request-key.conf", mode: 0o666)
        expect(try check(tree).findings, .bad, .rule, "chmod 644")
    }

    @Test("A main file that is not a regular file stops request-key")
    func directoryAsFile() throws {
        let tree = try Tree(conf: nil)
        try tree.directory("/etc/request-key.conf")
        expect(try check(tree).findings, .bad, .rule, "/etc/request-key.conf: ")
    }
}

@Suite("The programs")
struct ProgramCheckTests {
    @Test("An executable request-key is good, even behind a link")
    func requestKey() throws {
        let tree = try Tree()
        expect([try tree.withHost { ProgramCheck.requestKey($0) }], .good, .requestKey, "/sbin/request-key")
        try tree.remove("/sbin/request-key")
        try tree.link("/sbin/request-key", to: "/usr/local/sbin/resolver")
        expect([try tree.withHost { ProgramCheck.requestKey($0) }], .good, .requestKey)
    }

    @Test("No request-key")
    func noRequestKey() throws {
        let tree = try Tree()
        try tree.remove("/sbin/request-key")
        expect(
            [try tree.withHost { ProgramCheck.requestKey($0) }], .bad, .requestKey,
            "/sbin/request-key", "keyutils")
    }

    @Test("A request-key that is not executable")
    func plainRequestKey() throws {
        let tree = try Tree()
        try tree.write("x", to: "/sbin/request-key", mode: 0o644)
        expect(
            [try tree.withHost { ProgramCheck.requestKey($0) }], .bad, .requestKey, "0644")
    }

    private func handler(_ mode: Int, content: String = "this program") throws -> [Finding] {
        let tree = try Tree()
        try tree.write(content, to: Tree.program, mode: mode)
        return try tree.withHost { ProgramCheck.handler(Bytes(Tree.program.utf8), $0) }
    }

    @Test("Modes of the program")
    func modes() throws {
        expect(try handler(0o755), .good, .program)
        expect(try handler(0o644), .bad, .program, "0644")
        expect(try handler(0o757), .bad, .program, "0757", "chmod 755")
    }

    @Test("Another version is reported; another program is left to the rule's check")
    func identities() throws {
        let tree = try Tree()
        try tree.write("older, \(ProgramIdentity.marker)", to: "/opt/older", mode: 0o755)
        try tree.write("other", to: "/opt/other", mode: 0o755)
        expect(
            try tree.withHost { ProgramCheck.handler(Bytes("/opt/older"), $0) }, .warning, .program,
            "version")
        #expect(try tree.withHost { ProgramCheck.handler(Bytes("/opt/other"), $0) }.isEmpty)
    }
}
