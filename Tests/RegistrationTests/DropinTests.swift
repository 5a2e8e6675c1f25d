import Foundation
import Testing

private let program = "/usr/sbin/resolver"

@Suite(.serialized)
struct DropinTests {
    private let conf = "# a\ncreate dns_resolver * * /sbin/key.dns_resolver %k"

    @Test("the drop-in is a regular file, ends in a newline, and request-key prefers it", .requestKey)
    func add() async throws {
        let root = try SystemRoot(conf: conf + "\n")
        let command = try await root.register("add", "dropin", program)
        #expect(command.status == 0)
        #expect(command.error == "")
        #expect(try root.content(root.conf) == conf + "\n")
        #expect(try root.content(root.dropin)?.hasSuffix("\(program) %k\n") == true)
        let attributes = try FileManager.default.attributesOfItem(atPath: root.dropin.path)
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect(attributes[.posixPermissions] as? Int == 0o644)
        #expect(try await root.started(for: "store.default.svc.cluster.local") == "\(program) 1234")
    }

    @Test("remove deletes the drop-in")
    func remove() async throws {
        let root = try SystemRoot(conf: conf)
        try await root.register("add", "dropin", program)
        try #require(try root.content(root.dropin) != nil)
        #expect(try await root.register("remove", program).status == 0)
        #expect(try root.files == ["request-key.conf", "request-key.d"])
        #expect(try root.content(root.conf) == conf)
    }

    @Test("each way of registering reverts the other", arguments: [nil, "# a\ncreate dns_resolver * * /a %k"])
    func change(conf: String?) async throws {
        let root = try SystemRoot(conf: conf)
        let before = try root.files
        try await root.register("add", "conf", program)
        #expect(try await root.register("add", "dropin", "/opt/resolver").status == 0)
        #expect(try root.content(root.conf) == conf)
        #expect(try root.content(root.dropin)?.contains("/opt/resolver %k") == true)
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try root.content(root.dropin) == nil)
        #expect(try root.content(root.conf)?.contains("\(program) %k") == true)
        try await root.register("remove", program)
        #expect(try root.content(root.conf) == conf)
        #expect(try root.files == before)
    }

    @Test("a check of one way leaves the other in force", arguments: [("conf", "dropin"), ("dropin", "conf")])
    func check(inForce: String, checked: String) async throws {
        let root = try SystemRoot(conf: nil)
        try await root.register("add", inForce, program)
        let files = try root.files
        let content = try root.content(root.conf)
        #expect(try await root.register("check", checked, program).status == 0)
        #expect(try root.files == files)
        #expect(try root.content(root.conf) == content)
    }

    @Test("a missing directory is created, but not by a check")
    func directory() async throws {
        let root = try SystemRoot(conf: conf)
        try FileManager.default.removeItem(at: root.etc("request-key.d"))
        #expect(try await root.register("check", "dropin", program).status == 0)
        #expect(try root.files == ["request-key.conf"])
        #expect(try await root.register("add", "dropin", program).status == 0)
        #expect(try root.content(root.dropin) != nil)
    }

    @Test("somebody else's file with that name stays", arguments: ["add", "remove"])
    func foreign(verb: String) async throws {
        let root = try SystemRoot(conf: conf)
        let foreign = "create dns_resolver a.example * /sbin/other %k\n"
        try root.write(foreign, to: "request-key.d/resolver.conf")
        if verb == "add" {
            let command = try await root.register("add", "dropin", program)
            #expect(command.status != 0)
            #expect(command.error.contains(root.dropin.path))
        } else {
            #expect(try await root.register("remove", program).status == 0)
        }
        #expect(try root.content(root.dropin) == foreign)
        #expect(try root.content(root.conf) == conf)
    }

    @Test(
        "somebody else's file that appears during the examination stays", .requestKey, arguments: [true, false])
    func foreignMeanwhile(isRegistered: Bool) async throws {
        let root = try SystemRoot(conf: conf)
        if isRegistered { try await root.register("add", "dropin", "/opt/former/resolver") }
        let foreign = "create dns_resolver * * /sbin/rival %k\n"
        try root.write(foreign, to: "rival")
        // The examination runs request-key.
        let programs = root.base.appending(path: "bin")
        try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
        let requestKey = programs.appending(path: "request-key")
        try Data(
            """
            #!/bin/sh
            mv -f \(root.etc("rival").path) \(root.dropin.path)
            exec /sbin/request-key "$@"

            """.utf8
        ).write(to: requestKey)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: requestKey.path)
        let command = try await root.register("add", "dropin", program, path: "\(programs.path):\(Command.path)")
        #expect(command.status != 0)
        #expect(command.error.contains(root.dropin.path))
        #expect(try root.content(root.dropin) == foreign)
        #expect(try root.files == ["request-key.conf", "request-key.d", "request-key.d/resolver.conf"])
    }

    @Test("a symbolic link is refused, since request-key skips it")
    func link() async throws {
        let root = try SystemRoot(conf: conf)
        try FileManager.default.createSymbolicLink(atPath: root.dropin.path, withDestinationPath: "elsewhere")
        let command = try await root.register("add", "dropin", program)
        #expect(command.status != 0)
        #expect(command.error.contains(root.dropin.path))
    }
}
