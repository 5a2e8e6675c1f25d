import CLinux
import LinuxSystem

/// Whether a file is this program, of which there may be copies and other versions.
enum ProgramIdentity {
    case same
    /// Another file with the same content.
    case copy
    case otherVersion
    case foreign

    /// The largest file that is compared, in bytes.
    private static let largest = 32 << 20

    /// What every version of the program holds and no other program does.
    static let marker: StaticString = "resolver, the handler of dns_resolver keys that knows the cluster's DNS\n"

    /// Compares what stands at `path` with the file that this process runs. Files that cannot be read count as
    /// foreign.
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
