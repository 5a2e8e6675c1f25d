import Foundation
import Testing

/// The Debian package, built with another program: packaging/deb/build.sh.
@Suite(.serialized)
final class PackageTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "package-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    private func build(_ name: String, version: String = "1.2.3") async throws -> URL {
        let file = directory.appending(path: name)
        let command = try await Command.run(
            [
                "env", "-u", "MAKEFLAGS", "SOURCE_DATE_EPOCH=1700000000", "packaging/deb/build.sh", "/bin/true",
                version, file.path,
            ], directory: SystemRoot.package)
        try #require(command.status == 0, "\(command.error)")
        return file
    }

    /// - Returns: The directory with the package's files, and the control files in `DEBIAN`.
    private func unpacked(_ package: URL) async throws -> URL {
        let tree = directory.appending(path: "tree")
        try await #require(Command.run(["dpkg-deb", "--raw-extract", package.path, tree.path]).status == 0)
        return tree
    }

    @Test("the package has the rule, as a conffile, and the program that it starts", .dpkg)
    func content() async throws {
        let tree = try await unpacked(try await build("a.deb"))
        let files = FileManager.default
        #expect(files.isExecutableFile(atPath: tree.appending(path: "usr/sbin/resolver").path))
        let rule = tree.appending(path: "etc/request-key.d/resolver.conf")
        let attributes = try files.attributesOfItem(atPath: rule.path)
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        let lines = try String(contentsOf: rule, encoding: .utf8)
        #expect(lines.hasSuffix(" /usr/sbin/resolver %k\n"))
        // The mark that would make `make uninstall` take the file for its own.
        #expect(!lines.contains("#resolver:file#"))
        let conffiles = try String(contentsOf: tree.appending(path: "DEBIAN/conffiles"), encoding: .utf8)
        #expect(
            conffiles == "/etc/keyutils/key.dns_resolver.conf.sample\n/etc/request-key.d/resolver.conf\n")
        for script in ["preinst", "postinst", "prerm", "postrm"] {
            #expect(files.isExecutableFile(atPath: tree.appending(path: "DEBIAN/\(script)").path))
        }
    }

    @Test("the package names its version and the libraries that are part of its program", .dpkg)
    func control() async throws {
        let tree = try await unpacked(try await build("a.deb"))
        let control = try String(contentsOf: tree.appending(path: "DEBIAN/control"), encoding: .utf8)
        #expect(control.contains("\nVersion: 1.2.3-1\n"))
        #expect(control.contains("\nDepends: keyutils\n"))
        #expect(control.contains(#/\nBuilt-Using: glibc \(= [^,]+\), keyutils \(= [^,]+\), libyaml \(= [^,]+\)\n/#))
        // A placeholder that was not replaced.
        #expect(!control.contains(#/@[A-Z_]+@/#))
    }

    @Test("the same program yields the same package, byte for byte", .dpkg)
    func reproducible() async throws {
        let first = try Data(contentsOf: try await build("a.deb"))
        let second = try Data(contentsOf: try await build("b.deb"))
        #expect(first == second)
    }

    @Test("the changelog and the chart have the version")
    func version() throws {
        func text(_ path: String) throws -> String {
            try String(contentsOf: SystemRoot.package.appending(path: path), encoding: .utf8)
        }
        let source = try text("Sources/resolver/Version.swift")
        let version = try #require(source.firstMatch(of: #/let version: StaticString = "([0-9.]+)"/#)).1
        #expect(try text("CHANGELOG.md").contains("\n## [\(version)] - "))
        #expect(try text("deploy/chart/Chart.yaml").contains("\nappVersion: \(version)\n"))
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that build a Debian package.
    fileprivate static var dpkg: Self {
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-deb"), "this is no Debian system")
    }
}
