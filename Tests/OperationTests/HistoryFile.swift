import CLinux
import LinuxSystem

@testable import DNSUpcall

/// A history in a directory of its own, which is removed with this object.
final class HistoryFile {
    let directory: StateDirectory
    let path: Bytes

    init() throws {
        var template = Bytes("/tmp/resolver-history.XXXXXX") + [0]
        let made = template.withUnsafeMutableBytes {
            mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil
        }
        guard made else { throw Errno.last }
        directory = StateDirectory(template.dropLast(), owner: geteuid())
        path = directory.path(of: "upcalls")
    }

    deinit {
        _ = path.withCString { unlink($0) }
        _ = path.withCString { rmdir($0) }
        _ = directory.path.withCString { rmdir($0) }
    }

    func open() -> UpcallHistory? { UpcallHistory(in: directory) }

    func overwrite(at place: Int, with bytes: Bytes = Bytes("?")) throws {
        let file = try checked(path.withCString { linux_open($0, O_RDWR, 0) })
        defer { close(file) }
        try checked(bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, place) })
    }

    static func slot(_ name: String, _ text: String = "10.0.0.1") -> UpcallSlot {
        let slot = UpcallSlot.make()
        slot.setName(name.utf8)
        slot.setText(text.utf8)
        slot.finish(.found, errno: 0, lifetime: 5, microseconds: 1234, time: 1_700_000_000_000_000)
        return slot
    }
}
