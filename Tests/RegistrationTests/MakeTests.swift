import Foundation
import Testing

/// `make install` and `make uninstall` with DESTDIR.
@Suite(.serialized)
struct MakeTests {
    private let conf = "create dns_resolver * * /sbin/key.dns_resolver %k\n"

    private func make(_ target: String, _ root: SystemRoot, _ variables: String...) async throws -> Command {
        // Newer than all sources, so nothing is built.
        let binary = root.url.deletingLastPathComponent().appending(path: "binary")
        try Data("program\n".utf8).write(to: binary)
        return try await Command.run(
            [
                "sh", "-c", "exec \"$@\" >&2", "sh", "env", "-u", "MAKEFLAGS", "make", "-C",
                SystemRoot.package.path, target, "DESTDIR=\(root.url.path)",
                "BINARY=\(binary.path)",
            ]
                + variables)
    }

    @Test("install puts program, manual, sample and rule in place, and uninstall removes them")
    func install() async throws {
        let root = try SystemRoot(conf: conf)
        let install = try await make("install", root)
        #expect(install.status == 0)
        #expect(install.error.contains("/usr/local/sbin/resolver --check --root '\(root.url.path)'\n"))
        let program = root.url.appending(path: "usr/local/sbin/resolver")
        #expect(try root.content(program) == "program\n")
        #expect(try FileManager.default.attributesOfItem(atPath: program.path)[.posixPermissions] as? Int == 0o755)
        #expect(
            try root.files == [
                "keyutils", "keyutils/key.dns_resolver.conf.sample", "request-key.conf", "request-key.d",
            ])
        #expect(try root.content(root.conf)?.contains("* * /usr/local/sbin/resolver %k\n") == true)
        let manual = ["man8/resolver.8", "man5/resolver.conf.5"].map {
            root.url.appending(path: "usr/local/share/man/\($0)")
        }
        for page in manual { #expect(try root.content(page)?.contains(".Sh NAME\n") == true) }

        let completions = [
            "bash-completion/completions/resolver", "zsh/site-functions/_resolver",
            "fish/vendor_completions.d/resolver.fish",
        ].map { root.url.appending(path: "usr/local/share/\($0)") }
        for file in completions { #expect(try root.content(file)?.contains("flush") == true) }

        #expect(try await make("uninstall", root).status == 0)
        for file in [program] + manual + completions { #expect(try root.content(file) == nil) }
        #expect(try root.files == ["keyutils", "request-key.conf", "request-key.d"])
        #expect(try root.content(root.conf) == conf)
    }

    @Test("an administrator's settings stay")
    func settings() async throws {
        let root = try SystemRoot(conf: conf)
        let file = root.etc("keyutils/key.dns_resolver.conf")
        try FileManager.default.createDirectory(at: root.etc("keyutils"), withIntermediateDirectories: true)
        try root.write("default_ttl = 7\n", to: "keyutils/key.dns_resolver.conf")
        #expect(try await make("install", root).status == 0)
        #expect(try await make("uninstall", root).status == 0)
        #expect(try root.content(file) == "default_ttl = 7\n")
    }

    @Test("PREFIX and REGISTER determine the directory and the way of registering")
    func variables() async throws {
        let root = try SystemRoot(conf: conf)
        #expect(try await make("install", root, "PREFIX=/usr", "REGISTER=dropin").status == 0)
        #expect(try root.content(root.url.appending(path: "usr/sbin/resolver")) == "program\n")
        #expect(try root.content(root.dropin)?.contains("/usr/sbin/resolver %k\n") == true)
        #expect(try root.content(root.conf) == conf)
    }

    @Test("REGISTER=none installs files only")
    func unregistered() async throws {
        let root = try SystemRoot(conf: conf)
        #expect(try await make("install", root, "REGISTER=none").status == 0)
        #expect(try root.content(root.url.appending(path: "usr/local/sbin/resolver")) == "program\n")
        #expect(try root.content(root.conf) == conf)
        #expect(try root.content(root.dropin) == nil)
    }

    @Test(
        "if it cannot register, install installs nothing",
        arguments: ["REGISTER=else", "PREFIX=/opt/my programs"])
    func refused(variable: String) async throws {
        let root = try SystemRoot(conf: conf)
        #expect(try await make("install", root, variable).status != 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.url.path) == ["etc"])
        #expect(try root.content(root.conf) == conf)
    }
}
