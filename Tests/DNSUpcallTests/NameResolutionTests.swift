import CLinux
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("Name resolution")
struct NameResolutionTests {
    private let journal = Journal()

    private func resolve(
        _ name: String, _ callout: String = "", clusterServers: [String] = ["10.96.0.10"],
        settings: String = "", answers: [String: Result<Answer, LookupProblem>] = [:],
        change: (inout FakeLookup) -> Void = { _ in }
    ) throws(Failure) -> (answer: Answer, events: [UpcallEvent]) {
        var lookup = FakeLookup(journal: journal, answers: answers)
        change(&lookup)
        let cluster = ClusterDNS(
            servers: clusterServers.map { IPAddress($0.utf8)! }, domain: Bytes("k8s.test"), sources: [])
        var resolution = NameResolution(
            lookup: lookup, cluster: cluster,
            configuration: Configuration.parse(Bytes(text: settings)).configuration,
            observer: EventList())
        let request: Request
        do { request = try Request(description: Bytes(text: name), callout: Bytes(text: callout)) } catch {
            throw .request(error)
        }
        return (try resolution.answer(to: request), resolution.observer.events)
    }

    // MARK: The order of things

    @Test("A cluster name: first the view, then the privileges, then /etc/hosts, then DNS with a final dot")
    func clusterName() throws {
        let (answer, _) = try resolve(
            "store.default.svc.k8s.test",
            answers: ["dns ipv4 store.default.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(answer == .init("10.0.0.1"))
        #expect(
            journal.lines == [
                "use in process", "drop privileges", "files both store.default.svc.k8s.test",
                "dns ipv4 store.default.svc.k8s.test.",
            ])
    }

    @Test("A host name: no view, and the privileges before the lookup")
    func hostName() throws {
        let (answer, _) = try resolve(
            "nfs.example", answers: ["configured ipv4 nfs.example": .success(.init("192.0.2.1"))])
        #expect(answer == .init("192.0.2.1"))
        #expect(journal.lines == ["drop privileges", "configured ipv4 nfs.example"])
    }

    @Test(
        "The cluster's names are those below its domain or 'svc'; each is asked for in full",
        arguments: [
            ("a.b.svc.k8s.test", "a.b.svc.k8s.test."), ("A.B.SVC.K8S.TEST", "A.B.SVC.K8S.TEST."),
            ("a.b.svc", "a.b.svc.k8s.test."), ("a.b.SVC.", "a.b.SVC.k8s.test."), ("k8s.test", "k8s.test."),
            ("x.k8s.test.", "x.k8s.test."), ("svc", "svc.k8s.test."),
        ])
    func clusterNames(name: String, asked: String) throws {
        _ = try resolve(name, answers: ["dns ipv4 \(asked)": .success(.init("10.0.0.1"))])
        #expect(journal.lines.last == "dns ipv4 \(asked)")
        #expect(journal.lines.first == "use in process")
    }

    @Test(
        "Other names are the host's, as they were written",
        arguments: ["a.b.svc.cluster.local", "xk8s.test", "asvc", "svc.example", "k8s.test.example", "a.b."])
    func hostNames(name: String) throws {
        _ = try resolve(name, answers: ["configured ipv4 \(name)": .success(.init("10.0.0.1"))])
        #expect(journal.lines == ["drop privileges", "configured ipv4 \(name)"])
    }

    @Test("Without the cluster's DNS, every name is the host's and nobody else's")
    func noClusterDNS() {
        #expect(throws: Failure.lookup(.noSuchName)) { try resolve("a.b.svc.k8s.test", clusterServers: []) }
        #expect(
            journal.lines == [
                "drop privileges", "configured ipv4 a.b.svc.k8s.test",
                "configured ipv6 a.b.svc.k8s.test",
            ])
    }

    @Test("What /etc/hosts says of a cluster name counts, and DNS is not asked")
    func hosts() throws {
        let (answer, _) = try resolve(
            "a.svc", answers: ["files both a.svc": .success(.init("fd00::1", "10.9.9.9"))])
        #expect(answer == .init("fd00::1", "10.9.9.9"))
        #expect(journal.lines.last == "files both a.svc")
    }

    // MARK: Isolation and privileges

    @Test("Where a mount namespace is refused, the process's state serves")
    func isolationRefused() throws {
        let (_, events) = try resolve(
            "a.svc", settings: "isolation=namespace",
            answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))],
            change: { $0.isolationProblem = IsolationProblem(step: .unshare, errno: Errno(EPERM)) })
        #expect(
            journal.lines.prefix(3) == ["enter private view", "use in process", "drop privileges"])
        #expect(events.contains { if case .isolationFailed = $0 { true } else { false } })
        #expect(events.contains { if case .isolated(.process) = $0 { true } else { false } })
    }

    @Test("A mount namespace is made where it is asked for, and serves alone")
    func namespaceIsolation() throws {
        _ = try resolve(
            "a.svc", settings: "isolation=namespace",
            answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(journal.lines.prefix(2) == ["enter private view", "drop privileges"])
    }

    @Test("If the privileges stay, nothing is looked up anywhere", arguments: ["a.svc", "nfs.example"])
    func privilegesStay(name: String) {
        #expect(throws: Failure.privileges(Errno(EPERM))) {
            try resolve(name, change: { $0.privilegeProblem = Errno(EPERM) })
        }
        #expect(journal.lines.last?.starts(with: "drop privileges") == true)
    }

    // MARK: Families

    @Test("One address is sought in IPv4, and in IPv6 only if the name has none")
    func ipv6Second() throws {
        let (answer, _) = try resolve(
            "a.svc",
            answers: [
                "dns ipv4 a.svc.k8s.test.": .failure(.noData),
                "dns ipv6 a.svc.k8s.test.": .success(.init("fd00::1")),
            ])
        #expect(answer == .init("fd00::1"))
        #expect(journal.lines.suffix(2) == ["dns ipv4 a.svc.k8s.test.", "dns ipv6 a.svc.k8s.test."])
    }

    @Test("Or the other way round, if IPv6 is preferred")
    func ipv4Second() throws {
        let (answer, _) = try resolve(
            "a.svc", settings: "preferred_family=ipv6",
            answers: [
                "dns ipv6 a.svc.k8s.test.": .failure(.noData),
                "dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1")),
            ])
        #expect(answer == .init("10.0.0.1"))
        #expect(journal.lines.suffix(2) == ["dns ipv6 a.svc.k8s.test.", "dns ipv4 a.svc.k8s.test."])
    }

    @Test(
        "No other failure in DNS is worth the second family",
        arguments: [LookupProblem.noSuchName, .temporary, .refused, .system(Errno(EMFILE))])
    func oneFamily(problem: LookupProblem) {
        #expect(throws: Failure.lookup(problem)) {
            try resolve("a.svc", answers: ["dns ipv4 a.svc.k8s.test.": .failure(problem)]) {
                $0.replies = [.silent]
            }
        }
        #expect(journal.lines.filter { $0.hasPrefix("dns") } == ["dns ipv4 a.svc.k8s.test."])
    }

    @Test("The host's services may not know a name in one family, and know it in the other")
    func secondFamilyOfHost() throws {
        let (answer, _) = try resolve(
            "nfs", answers: ["configured ipv6 nfs": .success(.init("2001:db8::1"))])
        #expect(answer == .init("2001:db8::1"))
        #expect(journal.lines == ["drop privileges", "configured ipv4 nfs", "configured ipv6 nfs"])
    }

    @Test(
        "One family, or a list, is one question",
        arguments: [
            ("a.svc", "ipv4", "ipv4"), ("a.svc", "ipv6", "ipv6"), ("a:a.svc", "", "ipv4"),
            ("aaaa:a.svc", "", "ipv6"),
            ("a.svc", "list", "both"), ("a.svc", "list ipv6", "ipv6"), ("aaaa:a.svc", "list", "ipv6"),
        ])
    func oneQuestion(name: String, callout: String, families: String) {
        #expect(throws: Failure.lookup(.noData)) { try resolve(name, callout, change: { $0.otherwise = .noData }) }
        #expect(
            journal.lines.suffix(2) == ["files \(families) a.svc", "dns \(families) a.svc.k8s.test."])
    }

    // MARK: The cluster's DNS for names of the host's

    @Test("A name that the host lacks is asked of the cluster, with its search list")
    func fallback() throws {
        let (answer, _) = try resolve(
            "store.default", answers: ["dns ipv4 store.default": .success(.init("10.0.0.1"))])
        #expect(answer == .init("10.0.0.1"))
        #expect(
            journal.lines == [
                "drop privileges", "configured ipv4 store.default", "configured ipv6 store.default",
                "use in process", "dns ipv4 store.default",
            ])
    }

    @Test(
        "Where the host can't tell whether a name exists, the cluster is asked for it as it stands",
        arguments: [LookupProblem.temporary, .noServerReachable, .refused])
    func fallbackWithoutSearch(problem: LookupProblem) throws {
        let (answer, _) = try resolve(
            "nfs.example",
            answers: [
                "configured ipv4 nfs.example": .failure(problem),
                "dns ipv4 nfs.example.": .success(.init("192.0.2.1")),
                "dns ipv4 nfs.example": .success(.init("10.0.0.66")),
            ])
        #expect(answer == .init("192.0.2.1"))
    }

    @Test("A name that ends in a dot is asked of the cluster as it stands")
    func absoluteFallback() {
        #expect(throws: Failure.lookup(.noSuchName)) { try resolve("nfs.example.") }
        #expect(journal.lines.last == "dns ipv4 nfs.example.")
    }

    @Test("The host's failure stands when the cluster does not know the name either")
    func bothFail() {
        #expect(throws: Failure.lookup(.refused)) {
            try resolve("nfs.example", answers: ["configured ipv4 nfs.example": .failure(.refused)])
        }
        #expect(journal.lines.last == "dns ipv4 nfs.example.")
    }

    @Test("A name of the cluster's is not asked of the host")
    func noFallbackToHost() {
        #expect(throws: Failure.lookup(.noSuchName)) { try resolve("a.svc") }
        #expect(!journal.lines.contains { $0.hasPrefix("configured") })
    }

    // MARK: Diagnosis

    @Test(
        "Servers that can't be reached are told from servers that do not answer",
        arguments: [
            (
                [ServerReply.unreachable(Errno(ECONNREFUSED)), .unreachable(Errno(ENETUNREACH))],
                LookupProblem.noServerReachable
            ),
            ([.unreachable(Errno(ECONNREFUSED)), .silent], .temporary),
            ([.answered(responseCode: 2), .unreachable(Errno(ECONNREFUSED))], .temporary),
            ([.silent, .silent], .temporary),
        ])
    func diagnosis(replies: [ServerReply], problem: LookupProblem) {
        #expect(throws: Failure.lookup(problem)) {
            try resolve("a.svc", clusterServers: ["10.96.0.10", "10.96.0.11"]) {
                $0.otherwise = .temporary
                $0.replies = replies
            }
        }
        #expect(journal.lines.last == "probe 10.96.0.10, 10.96.0.11")
    }

    @Test("The host's own servers are asked about the host's names")
    func hostDiagnosis() {
        #expect(throws: Failure.lookup(.noServerReachable)) {
            try resolve("nfs.example", clusterServers: []) {
                $0.otherwise = .temporary
                $0.replies = [.unreachable(Errno(ECONNREFUSED))]
            }
        }
        #expect(journal.lines.last == "probe 192.0.2.53")
    }

    @Test("Where there are no servers, nobody is asked")
    func noServers() {
        #expect(throws: Failure.lookup(.temporary)) {
            try resolve("nfs.example", clusterServers: []) {
                $0.otherwise = .temporary
                $0.hostFile = []
            }
        }
        #expect(!journal.lines.contains { $0.hasPrefix("probe") })
    }

    @Test("Any other failure needs no diagnosis", arguments: [LookupProblem.noSuchName, .noData, .refused])
    func noDiagnosis(problem: LookupProblem) {
        #expect(throws: Failure.lookup(problem)) { try resolve("a.svc") { $0.otherwise = problem } }
        #expect(!journal.lines.contains { $0.hasPrefix("probe") })
    }

    // MARK: The TTL

    private static func sources(_ events: [UpcallEvent]) -> [TTLSource?] {
        events.compactMap { if case .lookup(let report) = $0 { .some(report.question.ttlSource) } else { nil } }
    }

    @Test("The TTL of a cluster name is the cluster's servers' to tell, and not that of /etc/hosts")
    func clusterTTL() throws {
        let (_, events) = try resolve("a.svc", answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(
            Self.sources(events) == [
                nil, TTLSource(servers: [IPAddress("10.96.0.10".utf8)!], fullName: Bytes("a.svc.k8s.test")),
            ])
    }

    @Test(
        "The TTL of a host name is the host's servers' to tell, under the name in full",
        arguments: [
            ("nfs", "nfs.host.example"), ("nfs.example", "nfs.example"), ("nfs.", "nfs"), ("nfs.a.", "nfs.a"),
        ])
    func hostTTL(name: String, fullName: String) throws {
        let (_, events) = try resolve(
            name, answers: ["configured ipv4 \(name)": .success(.init("192.0.2.1"))])
        #expect(
            Self.sources(events)
                == [TTLSource(servers: [IPAddress("192.0.2.53".utf8)!], fullName: Bytes(text: fullName))])
    }
}
