import KubeletDiscovery
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

/// The calls of the fakes in order, one line for each.
final class Journal {
    private(set) var lines: [String] = []

    func note(_ line: String) { lines.append(line) }
}

/// A host of which nothing is read or changed.
struct FakeHost: ViewHost {
    let journal: Journal
    var isolationProblem: IsolationProblem?
    var privilegeProblem: Errno?
    var hostFile = Bytes("nameserver 192.0.2.53\nsearch host.example\n")

    func resolvConf() -> ResolvConfFile { ResolvConfFile(parsing: hostFile) }

    func services() -> HostServices { HostServices(parsing: Bytes("hosts: files dns"), hasNSCD: false) }

    func enterMountNamespace(_ resolvConf: ClusterResolvConf) throws(IsolationProblem) {
        journal.note("enter mount namespace")
        if let isolationProblem { throw isolationProblem }
    }

    func useInProcess(_ resolvConf: ClusterResolvConf) { journal.note("use in process") }

    func dropPrivileges(runsPrograms: Bool) throws(Errno) {
        journal.note(runsPrograms ? "drop privileges, but run programs" : "drop privileges")
        if let privilegeProblem { throw privilegeProblem }
    }
}

/// A resolver with prepared answers.
struct FakeResolver: AddressResolver {
    let journal: Journal
    var replies: [ServerReply] = []
    /// By the journal's line for the question.
    var answers: [String: Result<FoundAddresses, LookupProblem>] = [:]
    /// By the journal's line for the question.
    var records: [String: Result<DNSMessage, LookupProblem>] = [:]
    /// The answer to every other question.
    var otherwise = LookupProblem.noSuchName

    func addresses(for question: Question) throws(LookupProblem) -> FoundAddresses {
        let service = question.service.isConfigured ? "configured" : "\(question.service)"
        let line = "\(service) \(question.families) \(String(decoding: question.name, as: UTF8.self))"
        journal.note(line)
        return try (answers[line] ?? .failure(otherwise)).get()
    }

    func probe(_ servers: [IPAddress], for name: HostName, within time: Duration) -> [ServerReply] {
        journal.note("probe \(servers.text)")
        return replies
    }
}

extension FakeResolver: RecordResolver {
    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        let line = "\(type.number) \(String(decoding: name.bytes, as: UTF8.self))"
        journal.note(line)
        return try (records[line] ?? .failure(otherwise)).get()
    }
}

/// A key that accepts its answer, unless a test sets a problem.
struct FakeKey: AnswerableKey {
    let journal: Journal
    var description = Bytes("dns_resolver;0;0;3f010000;nfs.svc")
    var callout = Bytes()
    var descriptionProblem: Errno?
    var calloutProblem: Errno?
    var timeoutProblem: Errno?
    var payloadProblem: Errno?
    var rejectionProblem: Errno?
    var isForKernel = false

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

/// Ignores all steps.
final class NoObserver: UpcallObserver {
    func observe(_ step: UpcallStep, in report: UpcallReport) {}
}

extension FoundAddresses {
    init(_ addresses: String..., ttl: UInt32? = nil) {
        self.init(addresses: addresses.map { IPAddress($0.utf8)! }, ttl: ttl)
    }
}
