import Foundation
import Testing

private let program = "/usr/local/sbin/resolver"
private let rule = "create dns_resolver * * /usr/local/sbin/resolver %k"

/// Circumstances under which the script follows a link, or does nothing and says why.
@Suite(.serialized)
struct RefusalTests {
    private let conf = "# a\ncreate dns_resolver * * /sbin/key.dns_resolver %k\n"

    @Test("the file behind a symbolic link is written, and the link stays", arguments: [true, false])
    func link(isAbsolute: Bool) async throws {
        let root = try SystemRoot(conf: nil)
        try root.write(conf, to: "shared.conf")
        let target = isAbsolute ? root.etc("shared.conf").path : "shared.conf"
        try FileManager.default.createSymbolicLink(atPath: root.conf.path, withDestinationPath: target)
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: root.conf.path) == target)
        #expect(try root.content(root.etc("shared.conf"))?.contains(rule) == true)
        try await root.register("remove", program)
        #expect(try root.content(root.etc("shared.conf")) == conf)
    }

    @Test("with a link to a missing file, that file is created, and remove deletes it")
    func danglingLink() async throws {
        let root = try SystemRoot(conf: nil)
        try FileManager.default.createSymbolicLink(
            atPath: root.conf.path, withDestinationPath: "shared.conf")
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try root.content(root.etc("shared.conf"))?.contains(rule) == true)
        try await root.register("remove", program)
        #expect(try root.files == ["request-key.conf", "request-key.d"])
    }

    @Test("a link out of the root is refused", arguments: ["/etc/hostname", "../../outside", "request-key.conf"])
    func linkOut(target: String) async throws {
        let root = try SystemRoot(conf: nil)
        try FileManager.default.createSymbolicLink(atPath: root.conf.path, withDestinationPath: target)
        let command = try await root.register("add", "conf", program)
        #expect(command.status != 0)
        #expect(command.error.contains("request-key.conf"))
        #expect(try root.files == ["request-key.conf", "request-key.d"])
    }

    @Test("a directory in place of the file is refused")
    func directory() async throws {
        let root = try SystemRoot(conf: nil)
        try FileManager.default.createDirectory(at: root.conf, withIntermediateDirectories: true)
        let command = try await root.register("add", "conf", program)
        #expect(command.status != 0)
        #expect(command.error.contains(root.conf.path))
    }

    @Test("if the directory is not writable, nothing changes", arguments: ["add", "remove"])
    func readOnly(verb: String) async throws {
        let root = try SystemRoot(conf: conf)
        if verb == "remove" { try await root.register("add", "conf", program) }
        let content = try root.content(root.conf)
        let files = try root.files
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: root.etc("").path)
        let command =
            verb == "add"
            ? try await root.register("add", "conf", program, asNobody: true)
            : try await root.register("remove", program, asNobody: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root.etc("").path)
        #expect(command.status != 0)
        #expect(command.error.contains("\(root.url.path)/etc"))
        #expect(try root.content(root.conf) == content)
        #expect(try root.files == files)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.temporary.path) == [])
    }

    @Test("a file that could not be restored is left alone")
    func irreversible() async throws {
        let conf = "#resolver:kept# #resolver:kept# # a\n"
        let root = try SystemRoot(conf: conf)
        let command = try await root.register("add", "conf", program)
        #expect(command.status != 0)
        #expect(command.error.contains(root.conf.path))
        #expect(try root.content(root.conf) == conf)
    }

    @Test("no temporary files remain, on success or failure")
    func temporaryFiles() async throws {
        let root = try SystemRoot(conf: conf)
        #expect(try await root.register("add", "conf", program).status == 0)
        #expect(try await root.register("add", "conf", "relative").status != 0)
        #expect(try await root.register("remove", program).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.temporary.path) == [])
    }

    @Test("a drop-in that would win is named, and nothing changes", .requestKey, arguments: ["conf", "dropin"])
    func rival(method: String) async throws {
        let root = try SystemRoot(conf: conf)
        try root.write("create dns_resolver * * /sbin/rival %k\n", to: "request-key.d/rival.conf")
        let command = try await root.register("add", method, program)
        #expect(command.status != 0)
        #expect(command.error.contains("rival.conf:1"))
        #expect(command.error.contains("/sbin/rival"))
        #expect(try root.content(root.conf) == conf)
        #expect(try root.files == ["request-key.conf", "request-key.d", "request-key.d/rival.conf"])
    }

    @Test(
        "an error in the files that would stop every upcall is named", .requestKey, arguments: ["conf", "dropin"])
    func syntaxError(method: String) async throws {
        let root = try SystemRoot(conf: conf + "mistake\n")
        let command = try await root.register("add", method, program)
        #expect(command.status != 0)
        #expect(command.error.contains("request-key.conf:3"))
        #expect(try root.content(root.conf) == conf + "mistake\n")
    }

    @Test(
        "a path that a rule cannot hold is refused",
        arguments: [
            "resolver", "", "/", "/sbin/", "/opt/my programs/resolver", "/opt/re\tsolver", "/opt/a\n* * * * /b",
            "/opt/%k", "/opt/a|b", "/opt/a&b", "/opt/größe",
        ])
    func path(path: String) async throws {
        let root = try SystemRoot(conf: conf)
        #expect(try await root.register("add", "conf", path).status != 0)
        #expect(try root.content(root.conf) == conf)
    }

    @Test("a place on a network mount is refused")
    func networkMount() async throws {
        let root = try SystemRoot(conf: conf)
        let tools = root.url.appending(path: "tools")
        try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
        let stat = tools.appending(path: "stat")
        try Data("#!/bin/sh\necho nfs\n".utf8).write(to: stat)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stat.path)
        let command = try await root.register("add", "conf", program, path: "\(tools.path):\(Command.path)")
        #expect(command.status != 0)
        #expect(command.error.contains("network"))
        #expect(try root.content(root.conf) == conf)
    }
}
