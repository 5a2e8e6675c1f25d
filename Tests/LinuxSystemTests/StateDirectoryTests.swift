import CLinux
import Testing

@testable import LinuxSystem

@Suite("The state directory")
struct StateDirectoryTests {
    private let parent: TemporaryDirectory
    private let directory: StateDirectory

    init() throws {
        parent = try TemporaryDirectory()
        directory = StateDirectory(parent.path, owner: geteuid())
        _ = parent.newFile("file")
    }

    private func replace(with content: StaticString, keepsExisting: Bool = false) throws(Errno) {
        try directory.replace("file", keepsExisting: keepsExisting) { (file) throws(Errno) in
            try file.write(Bytes(content))
        }
    }

    private func names() throws -> [Bytes] {
        try FileTree(root: parent.path).list(Bytes("/"), atMost: 10).map(\.name)
    }

    @Test("A file is created, and replaced")
    func replaces() throws {
        for content: StaticString in ["one", "2"] {
            try replace(with: content)
            #expect(try readRegularFile(directory.path(of: "file"), limit: 10) == Bytes(content))
        }
        #expect(try names() == [Bytes("file")])
    }

    @Test("An existing file is kept on request")
    func keeps() throws {
        try replace(with: "one", keepsExisting: true)
        try replace(with: "two", keepsExisting: true)
        #expect(try readRegularFile(directory.path(of: "file"), limit: 10) == Bytes("one"))
        #expect(try names() == [Bytes("file")])
    }

    @Test("A failed write changes nothing and leaves nothing")
    func failure() throws {
        try replace(with: "one")
        #expect(throws: Errno(ENOSPC)) {
            try directory.replace("file") { (file) throws(Errno) in
                try file.write(Bytes("tw"))
                throw Errno(ENOSPC)
            }
        }
        #expect(try readRegularFile(directory.path(of: "file"), limit: 10) == Bytes("one"))
        #expect(try names() == [Bytes("file")])
    }

    @Test("The first file creates the directory")
    func makesTheDirectory() throws {
        let path = parent.path + Bytes("/new")
        defer { _ = path.withCString { rmdir($0) } }
        let new = StateDirectory(path, owner: geteuid())
        #expect(new.isFirst("mark"))
        #expect(!new.isFirst("mark"))
        _ = new.path(of: "mark").withCString { unlink($0) }
    }
}
