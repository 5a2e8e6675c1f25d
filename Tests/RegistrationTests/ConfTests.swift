import Foundation
import Testing

private let program = "/usr/local/sbin/resolver"
private let rule = """
    #resolver:rule# The next line was put here by resolver's "make install"; "make uninstall" takes it back.
    create dns_resolver * * /usr/local/sbin/resolver %k

    """
private let fileRule = rule.replacing("#resolver:rule# The next line", with: "#resolver:file# This file")

private func bare(_ count: Int) -> String {
    "#resolver:bare \(count)# The line above had no newline at its end: request-key would misread it.\n"
}

/// /etc/request-key.conf before and after `add conf`.
struct Change: CustomTestStringConvertible {
    let testDescription: String
    let before: String?
    let after: String

    init(_ description: String, _ before: String?, _ after: String) {
        testDescription = description
        self.before = before
        self.after = after
    }

    static let all = [
        Change("no file", nil, fileRule),
        Change("an empty file", "", rule),
        Change("comments only", "# one\n\n#two\n", "# one\n\n#two\n" + rule),
        Change(
            "key.dns_resolver's rule among others",
            "#OP\ncreate\tuser debug:* * /bin/a %k\ncreate  dns_resolver *\t\t* /sbin/key.dns_resolver %k\nnegate * * * /b\n",
            "#OP\ncreate\tuser debug:* * /bin/a %k\n" + rule
                + "#resolver:kept# create  dns_resolver *\t\t* /sbin/key.dns_resolver %k\nnegate * * * /b\n"),
        Change(
            "several rules that compete",
            "create dns_resolver * * /a %k\n# between\ncreate\u{B}dns_resolver\t*\u{C}* /b %k \t\n",
            rule + "#resolver:kept# create dns_resolver * * /a %k\n# between\n"
                + "#resolver:kept# create\u{B}dns_resolver\t*\u{C}* /b %k \t\n"),
        Change(
            "wildcards that cover nothing", "create* dns_*resolver * * /a %k\n",
            rule + "#resolver:kept# create* dns_*resolver * * /a %k\n"),
        Change(
            "rules that do not compete",
            "create dns_resolver afsdb:* * /sbin/kafs-dns %k\ncreate dns_resolver * srv=1 /a %k\n"
                + "create dns_res* * * /b %k\n* dns_resolver * * /c %k\ncreate dns_resolver *.example * /d %k\n"
                + " create dns_resolver * * /skipped %k\n#create dns_resolver * * /comment %k\n",
            "create dns_resolver afsdb:* * /sbin/kafs-dns %k\ncreate dns_resolver * srv=1 /a %k\n"
                + "create dns_res* * * /b %k\n* dns_resolver * * /c %k\ncreate dns_resolver *.example * /d %k\n"
                + " create dns_resolver * * /skipped %k\n#create dns_resolver * * /comment %k\n" + rule),
        Change(
            "no final newline", "create user * * /bin/a %k", "create user * * /bin/a %k\n" + bare(25) + rule),
        Change(
            "no final newline after a rule that competes", "# a\ncreate dns_resolver * * /a %k",
            "# a\n" + rule + "#resolver:kept# create dns_resolver * * /a %k\n" + bare(29)),
        Change(
            "CRLF", "# a\r\ncreate dns_resolver * * /a %k\r\n\r\n",
            "# a\r\n" + rule + "#resolver:kept# create dns_resolver * * /a %k\r\n\r\n"),
        Change("CRLF and no final newline", "# a\r\n# b\r", "# a\r\n# b\r\n" + bare(4) + rule),
        Change("letters beyond ASCII", "# Schlüssel", "# Schlüssel\n" + bare(12) + rule),
        Change("blank lines at the end", "# a\n\n\n", "# a\n\n\n" + rule),
    ]
}

@Suite
struct ConfTests {
    @Test("add changes no line but the rules it replaces", arguments: Change.all)
    func add(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        let command = try await root.register("add", "conf", program)
        #expect(command.status == 0)
        #expect(command.error == "")
        #expect(try root.content(root.conf) == change.after)
    }

    @Test("remove restores the file byte for byte", arguments: Change.all)
    func remove(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        let before = try root.files
        try await root.register("add", "conf", program)
        let command = try await root.register("remove", program)
        #expect(command.status == 0)
        #expect(command.error == "")
        #expect(try root.content(root.conf) == change.before)
        #expect(try root.files == before)
    }

    @Test("adding it again changes nothing, and another path replaces only the path", arguments: Change.all)
    func addAgain(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        try await root.register("add", "conf", program)
        let inode = try status(of: root.conf)[.systemFileNumber] as? Int
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try status(of: root.conf)[.systemFileNumber] as? Int == inode)
        #expect(try root.content(root.conf) == change.after)

        #expect(try await root.register("add", "conf", "/opt/resolver").status == 0)
        #expect(try root.content(root.conf) == change.after.replacing(program, with: "/opt/resolver"))
        try await root.register("remove", "/opt/resolver")
        #expect(try root.content(root.conf) == change.before)
    }

    @Test("request-key then starts the program with the key's number", .requestKey, arguments: Change.all)
    func requestKey(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        try await root.register("add", "conf", program)
        #expect(try await root.started(for: "store.default.svc.cluster.local") == "\(program) 1234")
    }

    @Test("request-key still starts another program if its rule is more specific", .requestKey)
    func moreSpecific() async throws {
        let root = try SystemRoot(
            conf: "create dns_resolver * * /sbin/key.dns_resolver %k\n"
                + "create dns_resolver afsdb:* * /sbin/kafs-dns %k\n")
        try await root.register("add", "conf", program)
        #expect(try await root.started(for: "afsdb:example.org") == "/sbin/kafs-dns 1234")
        #expect(try await root.started(for: "a:example.org") == "\(program) 1234")
    }

    @Test("check changes nothing", arguments: Change.all)
    func check(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        let before = try root.files
        #expect(try await root.register("check", "conf", program).status == 0)
        #expect(try root.content(root.conf) == change.before)
        #expect(try root.files == before)
    }

    @Test("remove without add changes nothing", arguments: Change.all)
    func removeOnly(_ change: Change) async throws {
        let root = try SystemRoot(conf: change.before)
        #expect(try await root.register("remove", program).status == 0)
        #expect(try root.content(root.conf) == change.before)
    }

    @Test("remove keeps later edits")
    func edits() async throws {
        let old = "create dns_resolver * * /sbin/key.dns_resolver %k"
        let cases: [(before: String?, edit: (String) -> String, after: String?)] = [
            // Lines before, between and after.
            ("# a\n\(old)\n", { "# first\n\($0)# last\n" }, "# first\n# a\n\(old)\n# last\n"),
            (
                "# a\n\(old)\n", { $0.replacing("#resolver:kept#", with: "# b\n#resolver:kept#") },
                "# a\n# b\n\(old)\n"
            ),
            ("# a\n\(old)\n", { $0.replacing("# a\n", with: "") }, "\(old)\n"),
            // The old rule is edited where it is kept, or deleted.
            (
                "\(old)\n", { $0.replacing("key.dns", with: "other.dns") },
                "create dns_resolver * * /sbin/other.dns_resolver %k\n"
            ),
            ("# a\n\(old)\n", { $0.replacing("#resolver:kept# \(old)\n", with: "") }, "# a\n"),
            // Our rule is edited, deleted, or separated from its comment.
            ("\(old)\n", { $0.replacing("resolver %k\n#", with: "resolver -v %k\n#") }, "\(old)\n"),
            ("# a\n", { $0.replacing("create dns_resolver * * \(program) %k\n", with: "") }, "# a\n"),
            ("\(old)\n", { $0.replacing("create dns_resolver * * \(program) %k\n", with: "") }, "\(old)\n"),
            // The last line had no newline: it stays so only if it is still the last and unchanged.
            ("# a", { $0 + "# last\n" }, "# a\n# last\n"),
            ("# a", { "# first\n" + $0 }, "# first\n# a"),
            ("# a", { $0.replacing("# a\n", with: "# a\n# more\n") }, "# a\n# more\n"),
            // The file did not exist before.
            (nil, { $0 + "# last\n" }, "# last\n"),
            (nil, { "# first\n" + $0 }, "# first\n"),
            // The edit removed the final newline.
            ("# a\n", { String($0.dropLast()) }, "# a\n"),
            ("# a\n", { $0 + "# last" }, "# a\n# last"),
        ]
        for (before, edit, after) in cases {
            let root = try SystemRoot(conf: before)
            try await root.register("add", "conf", program)
            let added = try #require(try root.content(root.conf))
            let edited = edit(added)
            try #require(edited != added)
            try root.write(edited, to: "request-key.conf")
            #expect(try await root.register("remove", program).status == 0)
            #expect(try root.content(root.conf) == after)
        }
    }

    @Test("remove warns about somebody else's rule for the program")
    func foreignRule() async throws {
        let conf = "create dns_resolver *.example * \(program) %k\n"
        let root = try SystemRoot(conf: conf)
        try await root.register("add", "conf", program)
        let command = try await root.register("remove", program)
        #expect(command.error.contains(program))
        #expect(try root.content(root.conf) == conf)
    }

    @Test("a large file is handled like a small one")
    func large() async throws {
        let lines = (0..<50_000).map { "create user name\($0):* * /bin/keyctl negate %k 30 %S\n" }.joined()
        let root = try SystemRoot(conf: lines)
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try root.content(root.conf) == lines + rule)
        try await root.register("remove", program)
        #expect(try root.content(root.conf) == lines)
    }

    @Test("a file with NUL or non-text bytes is restored, or left alone", arguments: [0, 0xff])
    func binary(_ byte: UInt8) async throws {
        let root = try SystemRoot(conf: nil)
        let content = Data("# a".utf8 + [byte] + "b\n# c\n".utf8)
        try content.write(to: root.conf)
        let command = try await root.register("add", "conf", program)
        if byte == 0xff { #expect(command.status == 0) }
        #expect((try Data(contentsOf: root.conf) == content) == (command.status != 0))
        try await root.register("remove", program)
        #expect(try Data(contentsOf: root.conf) == content)
    }

    @Test("permissions, owner and group are kept")
    func attributes() async throws {
        let root = try SystemRoot(conf: "# a\n")
        let owner = geteuid() == 0 ? 1 : Int(geteuid())
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640, .ownerAccountID: owner], ofItemAtPath: root.conf.path)
        for verb in ["add", "remove"] {
            if verb == "add" {
                try await root.register("add", "conf", program)
            } else {
                try await root.register("remove", program)
            }
            let attributes = try status(of: root.conf)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(attributes[.ownerAccountID] as? Int == owner)
        }
    }

    @Test("everyone can read a new file, whatever the umask")
    func newFile() async throws {
        let root = try SystemRoot(conf: nil)
        try await root.register("add", "conf", program)
        #expect(try status(of: root.conf)[.posixPermissions] as? Int == 0o644)
    }

    private func status(of file: URL) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: file.path)
    }
}
