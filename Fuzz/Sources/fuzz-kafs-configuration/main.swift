import CLinux
import Fuzzing
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

// Files in the format of kafs-client.conf(5), separated by NULs, that may include each other: /0 is the first one, and
// every directory contains all of them.
fuzz { content in
    let files = Files(contents: content.split(separator: 0, omittingEmptySubsequences: false).map(Bytes.init))
    var configuration = KAFSConfiguration(cell: Bytes("example.com"), files: files)
    configuration.read(Bytes("/0"))
    require(files.opened <= 256, "at most 256 files")
    require(configuration.problems.count <= 10, "at most 10 problems")
    for problem in configuration.problems { requireLine(problem.text, limit: 4 * 300 + 100) }

    guard let cell = configuration.result else { return }
    for server in cell.servers {
        if (try? HostName(validating: server.name)) == nil {
            require(IPAddress(server.name) != nil, "a name or an address")
        }
        require(server.port > 0, "a port")
        requireCanonical(server.addresses)
    }
    let places = Set(cell.servers.map { $0.name + Bytes(" \($0.port)".utf8) })
    require(places.count == cell.servers.count, "each server once")
}

final class Files: CellFiles {
    private let contents: [Bytes]
    private(set) var opened = 0

    init(contents: [Bytes]) {
        self.contents = contents
    }

    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        opened += 1
        let name = path.split(separator: UInt8(ascii: "/")).last ?? []
        guard path.first == UInt8(ascii: "/"), let index = decimal(name, atMost: contents.count - 1) else {
            throw .failed(Errno(ENOENT))
        }
        return contents[index]
    }

    func entries(of directory: Bytes) throws(FileProblem) -> [Bytes] {
        guard directory.first == UInt8(ascii: "/") else { throw .failed(Errno(ENOENT)) }
        return contents.indices.map { Bytes("\($0)".utf8) }
    }
}
