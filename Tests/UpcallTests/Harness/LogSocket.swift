import CLinux
import Foundation
import LinuxSystem
import Synchronization

/// The system log as the program sees it: what arrives at /dev/log.
final class LogSocket: Sendable {
    private let path: String
    private let datagrams = Mutex<[String]>([])
    /// Datagrams of the tests themselves, which show how far the log has been read.
    private let markers = Mutex<Set<String>>([])

    init(path: String) throws {
        self.path = path
        let log = try Self.open()
        try checked(Self.withAddress(path) { bind(log, $0, $1) })
        // Programs log here as any user.
        try checked(chmod(path, 0o666))
        Thread { [self] in
            var buffer = Bytes(repeating: 0, count: 65_536)
            while true {
                let count = recv(log, &buffer, buffer.count, 0)
                guard count >= 0 else { continue }
                // Bytes that are not UTF-8 become U+FFFD, which no test accepts.
                let text = String(decoding: buffer.prefix(count), as: UTF8.self)
                if text.hasPrefix(Self.marker) {
                    _ = markers.withLock { $0.insert(text) }
                } else {
                    datagrams.withLock { $0.append(text) }
                }
            }
        }.start()
    }

    private static let marker = "marker "

    /// All datagrams so far that contain `text`, in order, including everything sent before this call.
    func datagrams(containing text: String) async throws -> [String] {
        let client = try Self.open()
        defer { close(client) }
        let marker = "\(Self.marker)\(UUID())"
        try checked(Self.withAddress(path) { sendto(client, marker, marker.utf8.count, 0, $0, $1) })
        while markers.withLock({ $0.remove(marker) }) == nil { try await Task.sleep(for: .milliseconds(1)) }
        // Filter outside the lock, so that the log is read meanwhile: the program does not wait for it.
        return datagrams.withLock { $0 }.filter { $0.hasBytes(of: text) }
    }

    /// Creates a socket that nobody reads, and fills its queue.
    static func unread(path: String) throws {
        let log = try open()
        try checked(withAddress(path) { bind(log, $0, $1) })
        try checked(chmod(path, 0o666))
        // A single sender's buffer is full before the queue is.
        var hasRoom = true
        while hasRoom {
            let client = try open()
            defer { close(client) }
            hasRoom = false
            while withAddress(path, { sendto(client, "x", 1, Int32(MSG_DONTWAIT), $0, $1) }) == 1 { hasRoom = true }
            guard linux_errno() == EAGAIN else { throw Errno.last }
        }
    }

    private static func open() throws -> Int32 {
        try checked(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    }

    private static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafeBytes(of: &address) {
            body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}

extension String {
    /// Whether `text` occurs anywhere in this. It uses strstr(3), since the tests log a hundred thousand lines, and
    /// comparing them by characters takes seconds.
    fileprivate func hasBytes(of text: String) -> Bool {
        withCString { whole in text.withCString { strstr(whole, $0) != nil } }
    }
}
