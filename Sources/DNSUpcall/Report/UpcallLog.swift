import LinuxSystem

/// Writes an upcall to the system log: one line for a failure, more with `-v` and `-vv`.
struct UpcallLog {
    let log: HandlerLog
    /// The key that waits for an answer; 0 if there is none.
    let key: Int32

    func write(_ step: UpcallStep, of report: UpcallReport) {
        switch step {
        case .request(let request):
            guard !request.unknownWords.isEmpty else { break }
            let words = Bytes(request.unknownWords.joined(separator: " ".utf8))
            log.write(
                .calloutIgnored, "\(report.subject): unknown callout words ignored: \(escaped(words, limit: 80))")
        case .clusterDNS(let cluster):
            if let problem = cluster.problem { log.write(.noClusterDNS, "cluster DNS not found: \(problem)") }
        case .lookup(.view(.entered(let view, let reason))):
            log.write(.step, "\(report.subject): \(view.text) view: \(reason.text)")
        case .lookup(.view(.isolationFailed(let problem))):
            log.writeOnce(
                .noNamespace, "no-namespace",
                "\(report.subject): \(problem.text); asking the cluster's DNS without a mount namespace")
        case .lookup(.addresses(let lookup)): log.write(.step, lookup.text)
        case .cell(.records(let lookup)): log.write(.step, lookup.text)
        case .cell(.files(_, let problems)):
            for problem in problems { log.write(.cellFile, problem.text) }
        case .answered(let payload, let seconds):
            if log.isOpen(for: .answered) {
                log.writeAdmitted(
                    .answered,
                    "\(report.subject): \(payload.text) for \(seconds) s, \(report.view?.text ?? "no") view,"
                        + " \(report.start.elapsed.text)", report.fields(UpcallResult.found.name, isOver: true))
            }
            log.tellLeftOut()
        case .answeredWithoutServers(let problem, let status, let seconds):
            log.write(
                .noServers,
                "\(report.subject): \(problem.text); \(report.path), \(report.start.elapsed.text); answered without"
                    + " servers, \(status.text), for \(seconds) s")
        case .rejected(let failure, let rejection): write(failure, rejection, report)
        default: break
        }
    }

    private func write(_ failure: Failure, _ rejection: Rejection, _ report: UpcallReport) {
        guard log.isOpen(for: .rejected), log.admits(.rejected) else { return }
        // Reading all keys is slow, so this is done only for a line that will be written.
        let requester = key > 0 ? Requester.find(waitingFor: key) : nil
        log.writeAdmitted(
            .rejected,
            "\(report.subject): \(failure.text); \(report.path), \(report.start.elapsed.text); rejected with"
                + " \(rejection.name) for \(rejection.seconds) s",
            report.fields(UpcallResult(failure).name, isOver: true, requester))
    }
}

extension UpcallReport {
    /// The content of a line in machine-readable form: docs/messages.md.
    ///
    /// - Parameter result: How the upcall ends.
    func fields(_ result: StaticString, isOver: Bool = false, _ requester: Requester? = nil) -> JournalFields {
        var fields = JournalFields()
        fields.add("RESOLVER_NAME", subject)
        if let view { fields.add("RESOLVER_VIEW", view.text) }
        if let clusterServer { fields.add("RESOLVER_SERVER", clusterServer.text) }
        fields.add("RESOLVER_RESULT", result)
        if isOver { fields.add("RESOLVER_DURATION_USEC", "\(start.elapsed.wholeMicroseconds)") }
        if let requester {
            fields.add("RESOLVER_REQUESTER_PID", "\(requester.process)")
            fields.add("RESOLVER_REQUESTER_COMM", escaped(requester.command))
        }
        return fields
    }
}
