import CLinux
import LinuxSystem

/// Whether a file is this program, a copy of it, or another version.
enum ProgramIdentity {
    case same
    /// Another file with the same content.
    case copy
    case otherVersion
    case foreign

    /// The largest file that is compared, in bytes.
    private static let largest = 32 << 20

    /// A text that every version of the program contains, and no other program.
    static let marker: StaticString = "resolver, the handler of dns_resolver keys that knows the cluster's DNS\n"

    /// Compares the file at `path` with the one that this process runs. A file that cannot be read counts as foreign.
    init(of path: Bytes, on host: borrowing ExaminedHost) {
        var status = stat()
        let isKnown = host.program.withCString { fstatat(AT_FDCWD, $0, &status, 0) } == 0
        if isKnown, let found = host.status(of: path), found.st_dev == status.st_dev, found.st_ino == status.st_ino
        {
            self = .same
            return
        }
        guard let content = try? host.read(path, limit: Self.largest) else {
            self = .foreign
            return
        }
        if let own = try? readRegularFile(host.program, limit: Self.largest), own == content {
            self = .copy
        } else {
            self = content.contain(Self.marker) ? .otherVersion : .foreign
        }
    }
}
