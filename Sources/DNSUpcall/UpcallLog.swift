import KubeletDiscovery
import LinuxSystem

/// Tells the system's log of an upcall: one line for a failure, more with `-v` and `-vv`.
public struct UpcallLog: UpcallObserver {
    private let log: SystemLog
    private let deadline: Int
    private let started: Int
    private var name: String?
    private var view: View?
    private var servers: [IPAddress] = []
    private var replies: [ServerReply] = []

    /// - Parameter deadline: The time after which the watchdog ends the upcall, in seconds.
    public init(log: SystemLog, deadline: Int) {
        self.log = log
        self.deadline = deadline
        started = monotonicMicroseconds()
    }

    public mutating func observe(_ event: UpcallEvent) {
        switch event {
        case .received(let key):
            name = escaped(key.description, limit: 260)
            prepareLastWords()
        case .request(let request):
            if !request.unknownWords.isEmpty {
                let words = Bytes(request.unknownWords.joined(separator: " ".utf8))
                log.write(.warning, "\(subject): unknown callout words ignored: \(escaped(words, limit: 80))")
            }
        case .clusterDNS(let cluster):
            if let problem = cluster.problem { log.write(.warning, "cluster DNS not found: \(problem)") }
            servers = cluster.servers
        case .view(let view, let reason):
            self.view = view
            replies = []
            prepareLastWords()
            if log.threshold == .debug { log.write(.debug, "\(subject): \(view.text) view: \(reason.text)") }
        case .resolvConf, .isolated:
            break
        case .isolationFailed(let problem):
            log.writeOnce(
                .warning, "no-namespace",
                "\(subject): \(problem.text); asking the cluster's DNS without a mount namespace")
        case .lookup(let report):
            if log.threshold == .debug { log.write(.debug, report.text) }
        case .probe(let servers, let replies):
            self.servers = servers
            self.replies = replies
        case .cellFiles(_, let problems):
            for problem in problems { log.write(.warning, problem.text) }
        case .recordLookup(let report):
            if log.threshold == .debug { log.write(.debug, report.text) }
        case .servers:
            break
        case .noServers(let failure, let status, let seconds):
            log.write(
                .warning,
                "\(subject): \(failure.text); \(road), \(elapsed); answered without servers, \(status.text),"
                    + " for \(seconds) s")
        case .lastAnswersFailed(let problem):
            log.write(.warning, problem.text)
        case .offered(let answer?):
            let milliseconds = min(answer.milliseconds, deadline * 1000)
            Watchdog.expect("\(subject): no answer within \(milliseconds) ms; \(road); given \(answer.text)")
        case .offered(nil):
            prepareLastWords()
        case .stale(let problem, let answer):
            log.write(.warning, "\(subject): \(problem.text); \(road), \(elapsed); given \(answer.text)")
        case .instantiated(let payload, let seconds):
            guard log.threshold.rawValue >= SystemLog.Severity.info.rawValue else { return }
            log.write(
                .info,
                "\(subject): \(payload.text) for \(seconds) s, \(view?.text ?? "no") view,"
                    + " \(elapsed)")
        case .rejected(let failure, let rejection):
            log.write(
                .warning,
                "\(subject): \(failure.text); \(road), \(elapsed); rejected with \(rejection.name)"
                    + " for \(rejection.seconds) s")
        }
    }

    /// What the watchdog says if it has to end the upcall.
    private func prepareLastWords() {
        Watchdog.expect("\(subject): \(road); not answered within \(deadline) s")
    }

    private var subject: String { name ?? "request" }

    private var elapsed: String { milliseconds(monotonicMicroseconds() - started) }

    /// The view and the servers, as far as they were reached.
    private var road: String {
        guard let view else { return "not looked up" }
        var text = "\(view.text) view"
        guard view == .cluster || !replies.isEmpty else { return text }
        for (index, server) in servers.enumerated() {
            text += index == 0 ? ", server " : " and "
            text += server.text
            if index < replies.count { text += " (\(replies[index].text))" }
        }
        return text
    }
}

/// A time in milliseconds with three decimals: `1.234 ms`.
public func milliseconds(_ microseconds: Int) -> String {
    let fraction = "\(1000 + microseconds % 1000)"
    return "\(microseconds / 1000).\(String(decoding: fraction.utf8.dropFirst(), as: UTF8.self)) ms"
}

extension View {
    public var text: String {
        switch self {
        case .host: "host"
        case .cluster: "cluster"
        }
    }
}

extension Payload {
    /// The text that it carries, or of a binary list the size.
    fileprivate var text: String {
        isText ? escaped(bytes.dropLast()) : "a server list of \(bytes.count) bytes"
    }
}

extension RecordReport {
    /// The question, what it gave, and the time it took.
    public var text: String {
        var text = "\(escaped(name.bytes)) (\(type == .srv ? "SRV" : "AFSDB")) from DNS: "
        switch result {
        case .success(let message): text += "\(message.answers.count) records"
        case .failure(let problem): text += problem.text
        }
        return "\(text), \(milliseconds(microseconds))"
    }
}

extension VLServerList.Status {
    /// The name in linux/dns_resolver.h, shortened.
    public var text: String {
        switch self {
        case .notDone: "not done"
        case .good: "good"
        case .goodWithBad: "good with bad"
        case .bad: "bad"
        case .notFound: "not found"
        case .localFailure: "local failure"
        case .temporaryFailure: "temporary failure"
        case .nameServerFailure: "name server failure"
        }
    }
}

extension VLServerList.Source {
    public var text: String {
        switch self {
        case .unavailable: "nowhere"
        case .configuration: "the configuration"
        case .afsdb: "AFSDB"
        case .srv: "SRV"
        case .nss: "the name services"
        }
    }
}

extension LookupReport {
    /// The call, what it gave, and the time it took.
    public var text: String {
        let asked: StaticString =
            switch question.service {
            case .configured: "the host's services"
            case .files: "/etc/hosts"
            case .dns: "DNS"
            }
        let wanted: StaticString =
            switch question.families {
            case .ipv4: "IPv4"
            case .ipv6: "IPv6"
            case .both: "IPv4 and IPv6"
            }
        var text = "\(escaped(question.name)) (\(wanted)) from \(asked): "
        switch result {
        case .success(let answer):
            text += "\(answer.addresses.count) found"
            if let ttl = answer.ttl { text += ", TTL \(ttl) s" }
        case .failure(let problem):
            text += problem.text
        }
        return "\(text), \(milliseconds(microseconds))"
    }
}
