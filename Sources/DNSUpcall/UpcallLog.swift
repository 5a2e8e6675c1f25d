import KubeletDiscovery
import LinuxSystem

/// Tells the system's log of an upcall, one line for a failure, more with `-v` and `-vv`; and the history.
public struct UpcallLog: UpcallObserver {
    private let log: HandlerLog
    private let recorder: UpcallRecorder
    private let key: Int32
    private let deadline: Int
    private var name: String?
    private var view: View?
    private var servers: [IPAddress] = []
    private var replies: [ServerReply] = []
    private var requester: Requester?
    private var isAdmitted = true
    /// What the key is instantiated with.
    private var result = UpcallResult.found

    /// - Parameters:
    ///   - deadline: The time after which the watchdog ends the upcall, in seconds.
    ///   - key: The key that waits for an answer.
    public init(log: HandlerLog, deadline: Int, key: Int32 = 0, history: UpcallHistory? = nil) {
        self.log = log
        self.deadline = deadline
        self.key = key
        recorder = UpcallRecorder(history: history, log: log, key: key)
    }

    public mutating func observe(_ event: UpcallEvent) {
        switch event {
        case .received(let key):
            name = escaped(key.description, limit: 260)
            recorder.begin(name: key.description)
            prepareLastWords()
        case .request(let request):
            if !request.unknownWords.isEmpty {
                let words = Bytes(request.unknownWords.joined(separator: " ".utf8))
                log.write(
                    .calloutIgnored, "\(subject): unknown callout words ignored: \(escaped(words, limit: 80))")
            }
        case .clusterDNS(let cluster):
            if let problem = cluster.problem { log.write(.noClusterDNS, "cluster DNS not found: \(problem)") }
            servers = cluster.servers
        case .view(let view, let reason):
            self.view = view
            replies = []
            recorder.enter(view, server: view == .cluster ? servers.first : nil)
            prepareLastWords()
            log.write(.step, "\(subject): \(view.text) view: \(reason.text)")
        case .resolvConf, .isolated, .servers:
            break
        case .isolationFailed(let problem):
            log.writeOnce(
                .noNamespace, "no-namespace",
                "\(subject): \(problem.text); asking the cluster's DNS without a mount namespace")
        case .lookup(let report):
            log.write(.step, report.text)
        case .probe(let servers, let replies):
            self.servers = servers
            self.replies = replies
        case .cellFiles(_, let problems):
            for problem in problems { log.write(.cellFile, problem.text) }
        case .recordLookup(let report):
            log.write(.step, report.text)
        case .noServers(let failure, let status, let seconds):
            recorder.end(.init(failure), "\(failure.text); \(road)", errno: Errno(0), lifetime: seconds)
            log.write(
                .noServers,
                "\(subject): \(failure.text); \(road), \(elapsed); answered without servers, \(status.text),"
                    + " for \(seconds) s")
        case .lastAnswersFailed(let problem):
            log.write(.noLastAnswers, problem.text)
        case .offered(let answer?):
            let milliseconds = min(answer.milliseconds, deadline * 1000)
            recorder.offer(answer)
            Watchdog.expect("\(subject): no answer within \(milliseconds) ms; \(road); given \(answer.text)") {
                fields(result: UpcallResult.stale.name, isOver: false).identified(as: .stale)
            }
        case .offered(nil):
            prepareLastWords()
        case .stale(let problem, let answer):
            result = .stale
            log.write(
                .stale, "\(subject): \(problem.text); \(road), \(elapsed); given \(answer.text)",
                fields(result: result.name))
        case .instantiated(let payload, let seconds):
            recorder.end(result, payload, lifetime: seconds)
            if log.isOpen(for: .answered) {
                log.writeAdmitted(
                    .answered,
                    "\(subject): \(payload.text) for \(seconds) s, \(view?.text ?? "no") view, \(elapsed)",
                    fields(result: result.name))
            }
            log.tellLeftOut()
        case .rejecting:
            isAdmitted = log.isOpen(for: .rejected) && log.admits(.rejected)
            // Looking at all keys takes its time, so it is only done for a line that is written.
            if isAdmitted, key > 0 { requester = .find(waitingFor: key) }
        case .rejected(let failure, let rejection):
            recorder.end(
                .init(failure), "\(failure.text); \(road)", errno: rejection.errno, lifetime: rejection.seconds)
            guard isAdmitted else { return }
            log.writeAdmitted(
                .rejected,
                "\(subject): \(failure.text); \(road), \(elapsed); rejected with \(rejection.name)"
                    + " for \(rejection.seconds) s", fields(result: UpcallResult(failure).name))
        }
    }

    /// What the watchdog says if it has to end the upcall.
    private func prepareLastWords() {
        Watchdog.expect(
            "\(subject): \(road); not answered within \(deadline) s"
        ) { fields(result: UpcallResult.late.name, isOver: false).identified(as: .cutOff) }
    }

    private var subject: String { name ?? "request" }

    private var elapsed: String { milliseconds(recorder.elapsed) }

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

    /// What the line says, for programs.
    private func fields(result: StaticString, isOver: Bool = true) -> JournalFields {
        var fields = JournalFields()
        fields.add("RESOLVER_NAME", subject)
        if let view { fields.add("RESOLVER_VIEW", view.text) }
        if view == .cluster, let server = servers.first { fields.add("RESOLVER_SERVER", server.text) }
        fields.add("RESOLVER_RESULT", result)
        if isOver { fields.add("RESOLVER_DURATION_USEC", "\(recorder.elapsed)") }
        if let requester {
            fields.add("RESOLVER_REQUESTER_PID", "\(requester.process)")
            fields.add("RESOLVER_REQUESTER_COMM", escaped(requester.command))
        }
        return fields
    }
}
