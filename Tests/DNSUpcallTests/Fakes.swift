import KubeletDiscovery
import LinuxSystem

@testable import DNSUpcall

/// What was done with the fakes, in order, a line for each call.
final class Journal {
    private(set) var lines: [String] = []

    func note(_ line: String) { lines.append(line) }
}

/// A resolver that gives prepared answers, and does nothing to the process.
struct FakeLookup: NameLookup {
    let journal: Journal
    var isolationProblem: IsolationProblem?
    var privilegeProblem: Errno?
    var hostFile = Bytes("nameserver 192.0.2.53\nsearch host.example\n")
    var services = HostServices(parsing: Bytes("hosts: files dns"), hasNSCD: false)
    var localAddresses: Set<String> = []
    var replies: [ServerReply] = []
    /// By the journal's line for the question.
    var answers: [String: Result<Answer, LookupProblem>] = [:]
    /// By the journal's line for the question.
    var records: [String: Result<DNSMessage, LookupProblem>] = [:]
    /// The file of the last good answers; where there is none it cannot be opened.
    var lastAnswers: Bytes?
    /// To every other question.
    var otherwise = LookupProblem.noSuchName

    func enterPrivateView(_ resolvConf: ResolvConf) throws(IsolationProblem) {
        journal.note("enter private view")
        if let isolationProblem { throw isolationProblem }
    }

    func useInProcess(_ resolvConf: ResolvConf) {
        journal.note("use in process")
    }

    func hostServices() -> HostServices { services }

    func dropPrivileges(runsPrograms: Bool) throws(Errno) {
        journal.note(runsPrograms ? "drop privileges, but run programs" : "drop privileges")
        if let privilegeProblem { throw privilegeProblem }
    }

    func answer(to question: Question) throws(LookupProblem) -> Answer {
        let service = question.service.isConfigured ? "configured" : "\(question.service)"
        let line = "\(service) \(question.families) \(String(decoding: question.name, as: UTF8.self))"
        journal.note(line)
        return try (answers[line] ?? .failure(otherwise)).get()
    }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        let line = "\(type.number) \(String(decoding: name.bytes, as: UTF8.self))"
        journal.note(line)
        return try (records[line] ?? .failure(otherwise)).get()
    }

    func probe(_ servers: [IPAddress], for name: HostName, milliseconds: Int) -> [ServerReply] {
        journal.note("probe \(joined(servers))")
        return replies
    }

    func isLocal(_ address: IPAddress) -> Bool { localAddresses.contains(address.text) }

    func hostResolvConf() -> Bytes { hostFile }

    func openLastAnswers(
        for name: HostName, _ families: Request.Families
    ) throws(LastAnswersProblem) -> LastAnswers {
        journal.note("open last answers")
        guard let lastAnswers else { throw LastAnswersProblem(Bytes("/answers"), "no room") }
        return try LastAnswers(for: name, families, in: lastAnswers)
    }

    func offer(_ answer: StaleAnswer) { journal.note("offer \(answer.text) in \(answer.milliseconds) ms") }

    func withdrawOffer() { journal.note("withdraw") }
}

/// A key that takes its answer, unless it is told not to.
struct FakeKey: AnswerableKey {
    let journal: Journal
    var description = Bytes("dns_resolver;0;0;3f010000;nfs.svc")
    var callout = Bytes()
    var descriptionProblem: Errno?
    var calloutProblem: Errno?
    var timeoutProblem: Errno?
    var payloadProblem: Errno?
    var rejectionProblem: Errno?

    func describe() throws(Errno) -> Bytes {
        if let descriptionProblem { throw descriptionProblem }
        return description
    }

    func calloutInfo() throws(Errno) -> Bytes {
        if let calloutProblem { throw calloutProblem }
        return callout
    }

    func setTimeout(seconds: UInt32) throws(Errno) {
        journal.note("set timeout \(seconds)")
        if let timeoutProblem { throw timeoutProblem }
    }

    func instantiate(payload: Bytes) throws(Errno) {
        journal.note("instantiate \(escaped(payload))")
        if let payloadProblem { throw payloadProblem }
    }

    func reject(errno: Errno, seconds: UInt32) throws(Errno) {
        journal.note("reject \(errno.code) \(seconds)")
        if let rejectionProblem { throw rejectionProblem }
    }
}

/// Keeps what it is told.
struct EventList: UpcallObserver {
    private(set) var events: [UpcallEvent] = []

    mutating func observe(_ event: UpcallEvent) { events.append(event) }
}

extension Answer {
    init(_ addresses: String..., ttl: UInt32? = nil) {
        self.init(addresses: addresses.map { IPAddress($0.utf8)! }, ttl: ttl)
    }
}
