import DNS
import LinuxSystem

/// Looks up addresses in the view that the process is in; tests provide their own answers.
public protocol AddressResolver {
    /// Looks up one name.
    func addresses(for question: Question) throws(LookupProblem) -> FoundAddresses

    /// Asks all servers at the same time, once each, whether they answer for `name`.
    func probe(_ servers: [IPAddress], for name: HostName, within time: Duration) -> [ServerReply]
}

/// A step in a lookup.
public enum LookupStep: Sendable {
    case view(ViewStep)
    case addresses(LookupReport)
    /// The servers were asked directly because a lookup had no usable answer.
    case probe([IPAddress], [ServerReply])
}

/// One question for addresses, and its result.
public struct LookupReport: Sendable {
    public let question: Question
    public let time: Duration
    public let result: Result<FoundAddresses, LookupProblem>

    public var text: String {
        let asked: StaticString =
            switch question.service {
            case .configured: "the host's services"
            case .files: "/etc/hosts"
            case .dns: "DNS"
            }
        var text = "\(escaped(question.name)) (\(question.families.text("and"))) from \(asked): "
        switch result {
        case .success(let found):
            text += "\(found.addresses.count) found"
            if let ttl = found.ttl { text += ", TTL \(ttl) s" }
        case .failure(let problem):
            text += problem.text
        }
        return "\(text), \(time.text)"
    }
}

extension AddressResolver {
    /// Looks up one name, and reports the result to `tell`.
    func addresses(
        for question: Question, _ tell: (LookupStep) -> Void
    ) throws(LookupProblem) -> FoundAddresses {
        let start = MonotonicTime.now
        let result: Result<FoundAddresses, LookupProblem>
        do {
            result = .success(try addresses(for: question))
        } catch {
            result = .failure(error)
        }
        tell(.addresses(LookupReport(question: question, time: start.elapsed, result: result)))
        return try result.get()
    }
}
