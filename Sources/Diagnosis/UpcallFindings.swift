import CLinux
import DNSUpcall
import LinuxSystem

extension UpcallCheck {
    /// What the answer to a probe says of who answered it.
    static func probed(_ outcome: Outcome, microseconds: Int) -> Finding {
        switch outcome {
        case .failed(.init(EINVAL)):
            return .good(
                .upcall,
                "the kernel started this program, which rejected a probe as it should, \(milliseconds(microseconds))"
            )
        case .failed(.init(ENOKEY)):
            return unanswered("a probe")
        case .failed(let errno):
            return .bad(
                .upcall, "another program answered a probe of the kernel's: \(errno.text)",
                "see which rule wins above")
        case .payload(let payload):
            return .bad(
                .upcall, "another program answered a probe of the kernel's, with '\(escaped(payload, limit: 80))'",
                "see which rule wins above")
        case .late(let seconds): return late("a probe", seconds)
        }
    }

    /// What the kernel was told about a name.
    static func answered(_ name: Bytes, _ outcome: Outcome, microseconds: Int) -> Finding {
        let name = escaped(name, limit: 260)
        switch outcome {
        case .payload(let payload):
            let isText = payload.first != 0
            let answer = isText ? escaped(payload) : "a server list of \(payload.count) bytes"
            return .good(.upcall, "\(name): the kernel was told \(answer), \(milliseconds(microseconds))")
        case .failed(.init(ENOKEY)): return unanswered(name)
        case .failed(let errno):
            let (meaning, remedy) = meaning(of: errno)
            return .bad(
                .upcall, "\(name): the kernel was told \(meaning) (\(errno.text)), \(milliseconds(microseconds))",
                remedy)
        case .late(let seconds): return late(name, seconds)
        }
    }

    private static func meaning(of errno: Errno) -> (String, remedy: String) {
        switch errno.code {
        case ENODATA: ("that there is no such name or address", "see the name above")
        case EAGAIN: ("to try again later", "see the DNS servers above")
        case ECONNREFUSED: ("that no DNS server can be reached", "see the DNS servers above")
        case EINVAL: ("that the name is none", "is it spelled right?")
        case EIO: ("that the program failed", "see the log below")
        case EDQUOT: ("nothing: this user may have no more keys", "wait, or raise kernel.keys.maxkeys")
        case EPERM, EACCES: ("nothing: this user may not ask", "run this as root, outside of a container")
        default: ("an error that this program never gives", "see which rule wins above")
        }
    }

    private static func unanswered(_ subject: String) -> Finding {
        .bad(
            .upcall, "\(subject): the kernel got no answer: request-key or the program ended without one",
            "correct the links above; request-key says what it dislikes in the log: journalctl -t request-key")
    }

    private static func late(_ subject: String, _ seconds: Int) -> Finding {
        .bad(
            .upcall, "\(subject): no answer within \(seconds) s. Who asks waits for as long, and cannot be killed",
            "find the program that hangs, and end it: pgrep -af request-key")
    }
}
