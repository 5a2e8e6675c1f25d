import CLinux
import DNSUpcall
import LinuxSystem

extension UpcallCheck {
    /// What the answer to a probe says about the program that answered it.
    static func probed(_ outcome: Outcome, after time: Duration) -> Finding {
        switch outcome {
        case .failed(.init(EINVAL)):
            return .good(
                .upcall,
                "the kernel started this program, which rejected a probe as it should, \(time.text)"
            )
        case .failed(.init(ENOKEY)):
            return unanswered("a probe")
        case .failed(let errno):
            return .bad(
                .upcall, "another program answered the kernel's probe: \(errno.text)",
                "see above which rule wins")
        case .payload(let payload):
            return .bad(
                .upcall, "another program answered the kernel's probe, with '\(escaped(payload, limit: 80))'",
                "see above which rule wins")
        case .late(let time): return late("a probe", time)
        }
    }

    /// What the kernel was told about a name.
    static func answered(_ name: Bytes, _ outcome: Outcome, after time: Duration) -> Finding {
        let name = escaped(name, limit: 260)
        switch outcome {
        case .payload(let payload):
            let isText = payload.first != 0
            let answer = isText ? escaped(payload) : "a server list of \(payload.count) bytes"
            return .good(.upcall, "\(name): the kernel was told \(answer), \(time.text)")
        case .failed(.init(ENOKEY)): return unanswered(name)
        case .failed(let errno):
            let (meaning, remedy) = meaning(of: errno)
            return .bad(
                .upcall, "\(name): the kernel was told \(meaning) (\(errno.text)), \(time.text)",
                remedy)
        case .late(let time): return late(name, time)
        }
    }

    private static func meaning(of errno: Errno) -> (String, remedy: String) {
        switch errno.code {
        case ENODATA: ("that there is no such name or address", "see the name above")
        case EAGAIN: ("to try again later", "see the DNS servers above")
        case ECONNREFUSED: ("that no DNS server can be reached", "see the DNS servers above")
        case EINVAL: ("that the name is not valid", "is it spelled correctly?")
        case EIO: ("that the program failed", "see the log below")
        case EDQUOT: ("nothing: this user may have no more keys", "wait, or raise kernel.keys.maxkeys")
        case EPERM, EACCES: ("nothing: this user may not ask", "run this as root, outside a container")
        default: ("an error that this program never gives", "see above which rule wins")
        }
    }

    private static func unanswered(_ subject: String) -> Finding {
        .bad(
            .upcall, "\(subject): the kernel got no answer: request-key or the program ended without giving one",
            "correct the links above; request-key logs what it could not do: journalctl -t request-key")
    }

    private static func late(_ subject: String, _ time: Duration) -> Finding {
        .bad(
            .upcall,
            "\(subject): no answer within \(time.components.seconds) s. The requester is stuck, and cannot be killed",
            "find the hanging program, and end it: pgrep -af request-key")
    }
}
