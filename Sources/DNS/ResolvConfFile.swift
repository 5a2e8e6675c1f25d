import LinuxSystem

/// The servers and search domains of a resolv.conf(5).
public struct ResolvConfFile: Equatable, Sendable {
    /// Where the C library reads its settings.
    public static let path: StaticString = "/etc/resolv.conf"
    public static let largest = 65_536

    /// At most the three servers that glibc uses (`MAXNS`).
    public private(set) var servers: [IPAddress] = []
    /// The domains of the last `search` or `domain` line, as written.
    public private(set) var search: [Bytes] = []

    public init(parsing content: Bytes) {
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0.isSpace }
            guard let keyword = words.first else { continue }
            if keyword.equals("nameserver") {
                if servers.count < 3, words.count > 1, let server = IPAddress(words[1]) { servers.append(server) }
            } else if keyword.equals("search") || keyword.equals("domain") {
                search = words.dropFirst().map(Bytes.init)
            }
        }
    }
}
