import CLinux
import LinuxSystem

/// The services that look up the host's names: the `hosts` line of nsswitch.conf(5), and nscd(8).
///
/// glibc's services `files` and `dns` are part of the program. All others are modules that belong to the C library of
/// the host, and nscd keeps what they said: ``Getent`` asks those.
public struct HostServices: Equatable, Sendable {
    public static let path: StaticString = "/etc/nsswitch.conf"
    public static let nscdSocket: StaticString = "/var/run/nscd/socket"
    private static let largestFile = 65_536
    /// Of glibc, where there is no such line: nss/nss_database.c.
    private static let standard = Bytes("files dns")

    /// In the order of the line, without the actions in brackets.
    public let names: [Bytes]
    /// What the program asks by itself before it turns to others, with the actions, as the line has it. May be empty.
    let own: Bytes
    /// Whether there is more on the line.
    public let hasOthers: Bool

    /// Whether ``own`` has DNS.
    var ownHasDNS: Bool { Self.words(of: own[...]).contains { $0.equals("dns") } }

    /// Whether ``allOwn`` has DNS.
    var hasDNS: Bool { names.contains { $0.equals("dns") } }

    /// Whether one of the services is DNS, or has resolv.conf name its own server for it.
    var asksDNS: Bool { hasDNS || names.contains { $0.equals("resolve") } }

    /// All services of the line that are part of the program.
    var allOwn: Bytes { Bytes(names.filter { Self.isOwn($0[...]) }.joined(separator: [0x20])) }

    /// - Parameters:
    ///   - content: Of nsswitch.conf.
    ///   - hasNSCD: Whether nscd runs, which is asked before all services.
    public init(parsing content: Bytes, hasNSCD: Bool) {
        let line = Self.hostsLine(of: content) ?? Self.standard[...]
        let all = Self.words(of: line)
        // For glibc a comment has the names of more services, which are not there.
        let words = all.prefix { $0.first != UInt8(ascii: "#") }
        names = words.filter { $0.first != UInt8(ascii: "[") }.map(Bytes.init)
        let first = words.prefix(while: Self.isOwn)
        // glibc cannot be told to begin with an action.
        let isPlain =
            words.count == all.count && words.first?.first != UInt8(ascii: "[")
            && words.allSatisfy { Self.isOwn($0) || $0.first == UInt8(ascii: "[") && $0.last == UInt8(ascii: "]") }
        if !hasNSCD, isPlain {
            own = Bytes(line)
            hasOthers = false
        } else {
            // An action says what becomes of the service before it.
            let isCut = words.dropFirst(first.count).first?.first == UInt8(ascii: "[")
            let services = hasNSCD ? [] : first.dropLast(isCut ? 1 : 0)
            own = Bytes(services.joined(separator: [0x20]))
            hasOthers = true
        }
    }

    /// Those of this host.
    public static func read() -> HostServices {
        let hasNSCD = Bytes(nscdSocket).withCString { access($0, F_OK) } == 0
        return HostServices(
            parsing: (try? readRegularFile(Bytes(path), limit: largestFile)) ?? [], hasNSCD: hasNSCD)
    }

    private static func isOwn(_ word: ArraySlice<UInt8>) -> Bool {
        word.equals("files") || word.equals("dns")
    }

    /// The last one counts.
    private static func hostsLine(of content: Bytes) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        for line in content.split(separator: UInt8(ascii: "\n")) {
            // A name, one character, and the services, as nss/nss_database.c has it.
            let text = line.trimmed
            let name = text.prefix { !$0.isSpace && $0 != UInt8(ascii: ":") }
            if name.equals("hosts") { found = text.dropFirst(name.count + 1).trimmed }
        }
        return found
    }

    /// Names of services, and actions with their brackets, in which there may be spaces.
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
