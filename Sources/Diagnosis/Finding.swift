import LinuxSystem

/// How good a link of the chain is.
public enum Level: UInt8, Sendable, Comparable {
    case good
    /// Lookups work, but not as they should; or the link could not be checked.
    case warning
    /// Lookups fail, or another program answers them.
    case bad

    public static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }

    public var name: StaticString {
        switch self {
        case .good: "good"
        case .warning: "warning"
        case .bad: "bad"
        }
    }
}

/// The links of the chain from a file system in the kernel to its answer, in the order of the checks.
public enum Link: UInt8, Sendable {
    case kernel, fileSystems, requestKey, rule, program, securityModule, config, clusterDNS, nameServices, mounts
    case dnsServer, name, refusedNames, upcall, history, log

    public var title: StaticString {
        switch self {
        case .kernel: "kernel"
        case .fileSystems: "file systems"
        case .requestKey: "request-key"
        case .rule: "rule"
        case .program: "program"
        case .securityModule: "security module"
        case .mounts: "mounts"
        case .config: "config file"
        case .clusterDNS: "cluster DNS"
        case .dnsServer: "DNS server"
        case .nameServices: "name services"
        case .name: "name"
        case .refusedNames: "refused names"
        case .upcall: "upcall"
        case .history: "last upcalls"
        case .log: "log"
        }
    }
}

/// The state of one link.
public struct Finding: Sendable {
    public let link: Link
    public let level: Level
    /// The state in words, for a person. Text from outside is escaped.
    public let reason: String
    /// What to do about it; empty if there is nothing to do.
    public let remedy: String

    static func good(_ link: Link, _ reason: String) -> Finding {
        Finding(link: link, level: .good, reason: reason, remedy: "")
    }

    static func warning(_ link: Link, _ reason: String, _ remedy: String) -> Finding {
        Finding(link: link, level: .warning, reason: reason, remedy: remedy)
    }

    static func bad(_ link: Link, _ reason: String, _ remedy: String) -> Finding {
        Finding(link: link, level: .bad, reason: reason, remedy: remedy)
    }

    /// For a link that cannot be checked because of the user, the system or an earlier fault.
    static func unchecked(_ link: Link, _ reason: String, _ remedy: String) -> Finding {
        Finding(link: link, level: .warning, reason: "not checked: \(reason)", remedy: remedy)
    }
}
