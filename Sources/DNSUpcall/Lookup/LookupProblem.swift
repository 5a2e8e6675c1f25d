import CLinux
import LinuxSystem

/// Why a lookup found no addresses.
public enum LookupProblem: Error, Equatable, Sendable {
    /// NXDOMAIN, and not in `/etc/hosts`: `EAI_NONAME`.
    case noSuchName
    /// The name exists, but has no address of the requested family: `EAI_NODATA`.
    case noData
    /// No usable answer for now, such as a timeout or SERVFAIL: `EAI_AGAIN`.
    case temporary
    /// None of the servers can be reached.
    case noServerReachable
    /// The servers refuse to answer: `EAI_FAIL`.
    case refused
    /// The C library failed: `EAI_SYSTEM`, `EAI_MEMORY`.
    case system(Errno)
    /// The process could not drop root privileges, and so must not use the network.
    case privileges(Errno)

    /// The meaning of a getaddrinfo(3) status.
    init(status: Int32, errno: Errno) {
        switch status {
        case EAI_NONAME: self = .noSuchName
        case Int32(linux_eai_nodata), Int32(linux_eai_addrfamily): self = .noData
        case EAI_AGAIN: self = .temporary
        case EAI_FAIL: self = .refused
        case EAI_MEMORY: self = .system(Errno(ENOMEM))
        default: self = .system(errno)
        }
    }

    /// Whether the requested data is known not to exist.
    var isAbsence: Bool { self == .noSuchName || self == .noData }

    public var text: String {
        switch self {
        case .noSuchName: "no such name"
        case .noData: "the name has no such address"
        case .temporary: "no usable answer"
        case .noServerReachable: "no server can be reached"
        case .refused: "the servers refuse to answer"
        case .system(let errno): "the lookup failed: \(errno.text)"
        case .privileges(let errno): "dropping privileges failed: \(errno.text)"
        }
    }
}
