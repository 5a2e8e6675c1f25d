import CLinux
import LinuxSystem

/// The services that resolve host names on this host: the `hosts` line of nsswitch.conf(5), and nscd(8).
///
/// glibc's services `files` and `dns` are part of the program. All others are modules that belong to the host's C
/// library, and nscd caches their answers: ``Getent`` asks those.
public struct HostServices: Equatable, Sendable {
    public static let path: StaticString = "/etc/nsswitch.conf"
    public static let nscdSocket: StaticString = "/var/run/nscd/socket"
    private static let largestFile = 65_536
    /// The default of glibc if there is no such line: nss/nss_database.c.
    private static let standard = Bytes("files dns")

    /// In the order of the line, without the actions in brackets.
    public let names: [Bytes]
    /// The services that the program asks itself before any others, with their actions, as on the line. May be
    /// empty.
    let own: Bytes
    /// Whether there are other services to ask.
    public let hasOthers: Bool

    /// Whether ``own`` includes DNS.
    var ownHasDNS: Bool { Self.words(of: own[...]).contains { $0.equals("dns") } }

    /// Whether ``allOwn`` includes DNS.
    var hasDNS: Bool { names.contains { $0.equals("dns") } }

    /// Whether one of the services is DNS, or is one that makes resolv.conf name its own server.
    var asksDNS: Bool { hasDNS || names.contains { $0.equals("resolve") } }

    /// All services on the line that are part of the program.
    var allOwn: Bytes { Bytes(names.filter { Self.isOwn($0[...]) }.joined(separator: [0x20])) }

    /// - Parameters:
    ///   - content: The content of nsswitch.conf.
    ///   - hasNSCD: Whether nscd runs, which is asked before any service.
    public init(parsing content: Bytes, hasNSCD: Bool) {
        let line = Self.hostsLine(of: content) ?? Self.standard[...]
        let all = Self.words(of: line)
        // glibc reads a comment as the names of more services, which do not exist.
        let words = all.prefix { $0.first != UInt8(ascii: "#") }
        names = words.filter { $0.first != UInt8(ascii: "[") }.map(Bytes.init)
        let first = words.prefix(while: Self.isOwn)
        // glibc does not accept a line that begins with an action.
        let isPlain =
            words.count == all.count && words.first?.first != UInt8(ascii: "[")
            && words.allSatisfy { Self.isOwn($0) || $0.first == UInt8(ascii: "[") && $0.last == UInt8(ascii: "]") }
        if !hasNSCD, isPlain {
            own = Bytes(line)
            hasOthers = false
        } else {
            // An action applies to the service before it.
            let isCut = words.dropFirst(first.count).first?.first == UInt8(ascii: "[")
            let services = hasNSCD ? [] : first.dropLast(isCut ? 1 : 0)
            own = Bytes(services.joined(separator: [0x20]))
            hasOthers = true
        }
    }

    /// The services of this host.
    public static func read() -> HostServices {
        let hasNSCD = Bytes(nscdSocket).withCString { access($0, F_OK) } == 0
        return HostServices(
            parsing: (try? readRegularFile(Bytes(path), limit: largestFile)) ?? [], hasNSCD: hasNSCD)
    }

    private static func isOwn(_ word: ArraySlice<UInt8>) -> Bool {
        word.equals("files") || word.equals("dns")
    }

    /// The last such line counts.
    private static func hostsLine(of content: Bytes) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        for line in content.split(separator: UInt8(ascii: "\n")) {
            // A name, one character, and the services, as in nss/nss_database.c.
            let text = line.trimmed
            let name = text.prefix { !$0.isSpace && $0 != UInt8(ascii: ":") }
            if name.equals("hosts") { found = text.dropFirst(name.count + 1).trimmed }
        }
        return found
    }

    /// Names of services, and actions including their brackets, which may contain spaces.
    private static func words(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var rest = line.trimmed
        while let first = rest.first {
            let isAction = first == UInt8(ascii: "[")
            let end =
                isAction
                ? rest.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 }
                : rest.firstIndex { $0.isSpace || $0 == UInt8(ascii: "[") }
            words.append(rest[..<(end ?? rest.endIndex)])
            rest = rest[(end ?? rest.endIndex)...].drop { $0.isSpace }
        }
        return words
    }
}
