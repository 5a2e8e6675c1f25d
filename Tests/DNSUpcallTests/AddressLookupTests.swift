import CLinux
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("The lookup of a name")
struct AddressLookupTests {
    private let journal = Journal()

    /// The fakes, for a test to change.
    private struct Fakes {
        var host: FakeHost
        var resolver: FakeResolver
    }

    private func resolve(
        _ name: String, _ callout: String = "", clusterServers: [String] = ["10.96.0.10"],
        isolation: Isolation = .process, preferredFamily: AddressFamilies = .ipv4,
        answers: [String: Result<FoundAddresses, LookupProblem>] = [:], change: (inout Fakes) -> Void = { _ in }
    ) throws(LookupProblem) -> (found: FoundAddresses, steps: [LookupStep]) {
        var fakes = Fakes(
            host: FakeHost(journal: journal), resolver: FakeResolver(journal: journal, answers: answers))
        change(&fakes)
        let cluster = ClusterDNS(
            servers: clusterServers.map { IPAddress($0.utf8)! }, domain: Bytes("k8s.test"), sources: [])
        var steps: [LookupStep] = []
        let lookup = AddressLookup(
            entrance: ViewEntrance(host: fakes.host, cluster: cluster, isolation: isolation) {
                steps.append(.view($0))
            }, resolver: fakes.resolver,
            request: try! Request(description: Bytes(text: name), callout: Bytes(text: callout)),
            preferredFamily: preferredFamily
        ) { steps.append($0) }
        return (try lookup.addresses(), steps)
    }

    // MARK: The order of steps

    @Test("A cluster name: first the view, then the privileges, then /etc/hosts, then DNS with a final dot")
    func clusterName() throws {
        let (found, _) = try resolve(
            "store.default.svc.k8s.test",
            answers: ["dns ipv4 store.default.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(found == .init("10.0.0.1"))
        #expect(
            journal.lines == [
                "use in process", "drop privileges", "files both store.default.svc.k8s.test",
                "dns ipv4 store.default.svc.k8s.test.",
            ])
    }

    @Test("A host name: no view, and the privileges are dropped before the lookup")
    func hostName() throws {
        let (found, _) = try resolve(
            "nfs.example", answers: ["configured ipv4 nfs.example": .success(.init("192.0.2.1"))])
        #expect(found == .init("192.0.2.1"))
        #expect(journal.lines == ["drop privileges", "configured ipv4 nfs.example"])
    }

    @Test(
        "The cluster's names are its domain, 'svc' and names below them; each is asked for in full",
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
        "Other names are the host's, as written",
        arguments: ["a.b.svc.cluster.local", "xk8s.test", "asvc", "svc.example", "k8s.test.example", "a.b."])
    func hostNames(name: String) throws {
        _ = try resolve(name, answers: ["configured ipv4 \(name)": .success(.init("10.0.0.1"))])
        #expect(journal.lines == ["drop privileges", "configured ipv4 \(name)"])
    }

    @Test("Without the cluster's DNS, every name is only the host's")
    func noClusterDNS() {
        #expect(throws: LookupProblem.noSuchName) { try resolve("a.b.svc.k8s.test", clusterServers: []) }
        #expect(
            journal.lines == [
                "drop privileges", "configured ipv4 a.b.svc.k8s.test",
                "configured ipv6 a.b.svc.k8s.test",
            ])
    }

    @Test("If /etc/hosts has a cluster name, DNS is not asked")
    func hosts() throws {
        let (found, _) = try resolve(
            "a.svc", answers: ["files both a.svc": .success(.init("fd00::1", "10.9.9.9"))])
        #expect(found == .init("fd00::1", "10.9.9.9"))
        #expect(journal.lines.last == "files both a.svc")
    }

    // MARK: Isolation and privileges

    @Test("If a mount namespace is refused, the process's resolver state is used")
    func isolationRefused() throws {
        let (_, steps) = try resolve(
            "a.svc", isolation: .namespace,
            answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))],
            change: { $0.host.isolationProblem = IsolationProblem(step: .unshare, errno: Errno(EPERM)) })
        #expect(
            journal.lines.prefix(3) == ["enter mount namespace", "use in process", "drop privileges"])
        #expect(steps.contains { if case .view(.isolationFailed) = $0 { true } else { false } })
        #expect(steps.contains { if case .view(.isolated(.process)) = $0 { true } else { false } })
    }

    @Test("A mount namespace is created on request, and then used alone")
    func namespaceIsolation() throws {
        _ = try resolve(
            "a.svc", isolation: .namespace,
            answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(journal.lines.prefix(2) == ["enter mount namespace", "drop privileges"])
    }

    @Test("If privileges cannot be dropped, nothing is looked up", arguments: ["a.svc", "nfs.example"])
    func privilegesStay(name: String) {
        #expect(throws: LookupProblem.privileges(Errno(EPERM))) {
            try resolve(name, change: { $0.host.privilegeProblem = Errno(EPERM) })
        }
        #expect(journal.lines.last?.starts(with: "drop privileges") == true)
    }

    // MARK: Families

    @Test("For one address IPv4 is asked for, and IPv6 only if the name has no IPv4 address")
    func ipv6Second() throws {
        let (found, _) = try resolve(
            "a.svc",
            answers: [
                "dns ipv4 a.svc.k8s.test.": .failure(.noData),
                "dns ipv6 a.svc.k8s.test.": .success(.init("fd00::1")),
            ])
        #expect(found == .init("fd00::1"))
        #expect(journal.lines.suffix(2) == ["dns ipv4 a.svc.k8s.test.", "dns ipv6 a.svc.k8s.test."])
    }

    @Test("Or the other way around, if IPv6 is preferred")
    func ipv4Second() throws {
        let (found, _) = try resolve(
            "a.svc", preferredFamily: .ipv6,
            answers: [
                "dns ipv6 a.svc.k8s.test.": .failure(.noData),
                "dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1")),
            ])
        #expect(found == .init("10.0.0.1"))
        #expect(journal.lines.suffix(2) == ["dns ipv6 a.svc.k8s.test.", "dns ipv4 a.svc.k8s.test."])
    }

    @Test(
        "After any other failure in DNS, the second family is not asked for",
        arguments: [LookupProblem.noSuchName, .temporary, .refused, .system(Errno(EMFILE))])
    func oneFamily(problem: LookupProblem) {
        #expect(throws: problem) {
            try resolve("a.svc", answers: ["dns ipv4 a.svc.k8s.test.": .failure(problem)]) {
                $0.resolver.replies = [.silent]
            }
        }
        #expect(journal.lines.filter { $0.hasPrefix("dns") } == ["dns ipv4 a.svc.k8s.test."])
    }

    @Test("The host's services may know a name in one family only")
    func secondFamilyOfHost() throws {
        let (found, _) = try resolve(
            "nfs", answers: ["configured ipv6 nfs": .success(.init("2001:db8::1"))])
        #expect(found == .init("2001:db8::1"))
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
        #expect(throws: LookupProblem.noData) {
            try resolve(name, callout, change: { $0.resolver.otherwise = .noData })
        }
        #expect(
            journal.lines.suffix(2) == ["files \(families) a.svc", "dns \(families) a.svc.k8s.test."])
    }

    // MARK: The cluster's DNS for the host's names

    @Test("If the host does not know a name, the cluster is asked, with its search list")
    func fallback() throws {
        let (found, _) = try resolve(
            "store.default", answers: ["dns ipv4 store.default": .success(.init("10.0.0.1"))])
        #expect(found == .init("10.0.0.1"))
        #expect(
            journal.lines == [
                "drop privileges", "configured ipv4 store.default", "configured ipv6 store.default",
                "use in process", "dns ipv4 store.default",
            ])
    }

    @Test(
        "If the host can't tell whether a name exists, the cluster is asked for the name as it is",
        arguments: [LookupProblem.temporary, .noServerReachable, .refused])
    func fallbackWithoutSearch(problem: LookupProblem) throws {
        let (found, _) = try resolve(
            "nfs.example",
            answers: [
                "configured ipv4 nfs.example": .failure(problem),
                "dns ipv4 nfs.example.": .success(.init("192.0.2.1")),
                "dns ipv4 nfs.example": .success(.init("10.0.0.66")),
            ])
        #expect(found == .init("192.0.2.1"))
    }

    @Test("The cluster is asked for a name that ends in a dot as it is")
    func absoluteFallback() {
        #expect(throws: LookupProblem.noSuchName) { try resolve("nfs.example.") }
        #expect(journal.lines.last == "dns ipv4 nfs.example.")
    }

    @Test("If the cluster does not know the name either, the host's failure is reported")
    func bothFail() {
        #expect(throws: LookupProblem.refused) {
            try resolve("nfs.example", answers: ["configured ipv4 nfs.example": .failure(.refused)])
        }
        #expect(journal.lines.last == "dns ipv4 nfs.example.")
    }

    @Test("The host is not asked for the cluster's names")
    func noFallbackToHost() {
        #expect(throws: LookupProblem.noSuchName) { try resolve("a.svc") }
        #expect(!journal.lines.contains { $0.hasPrefix("configured") })
    }

    // MARK: Diagnosis

    @Test(
        "Servers that cannot be reached are distinguished from servers that do not answer",
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
        #expect(throws: problem) {
            try resolve("a.svc", clusterServers: ["10.96.0.10", "10.96.0.11"]) {
                $0.resolver.otherwise = .temporary
                $0.resolver.replies = replies
            }
        }
        #expect(journal.lines.last == "probe 10.96.0.10, 10.96.0.11")
    }

    @Test("The host's own servers are asked about the host's names")
    func hostDiagnosis() {
        #expect(throws: LookupProblem.noServerReachable) {
            try resolve("nfs.example", clusterServers: []) {
                $0.resolver.otherwise = .temporary
                $0.resolver.replies = [.unreachable(Errno(ECONNREFUSED))]
            }
        }
        #expect(journal.lines.last == "probe 192.0.2.53")
    }

    @Test("Without servers, none is asked")
    func noServers() {
        #expect(throws: LookupProblem.temporary) {
            try resolve("nfs.example", clusterServers: []) {
                $0.resolver.otherwise = .temporary
                $0.host.hostFile = []
            }
        }
        #expect(!journal.lines.contains { $0.hasPrefix("probe") })
    }

    @Test("Any other failure needs no diagnosis", arguments: [LookupProblem.noSuchName, .noData, .refused])
    func noDiagnosis(problem: LookupProblem) {
        #expect(throws: problem) { try resolve("a.svc") { $0.resolver.otherwise = problem } }
        #expect(!journal.lines.contains { $0.hasPrefix("probe") })
    }

    // MARK: The TTL

    private static func sources(_ steps: [LookupStep]) -> [TTLSource?] {
        steps.compactMap { if case .addresses(let report) = $0 { .some(report.question.ttlSource) } else { nil } }
    }

    @Test("The cluster's servers are asked for the TTL of a cluster name, but not for one from /etc/hosts")
    func clusterTTL() throws {
        let (_, steps) = try resolve("a.svc", answers: ["dns ipv4 a.svc.k8s.test.": .success(.init("10.0.0.1"))])
        #expect(
            Self.sources(steps) == [
                nil, TTLSource(servers: [IPAddress("10.96.0.10".utf8)!], fullName: Bytes("a.svc.k8s.test")),
            ])
    }

    @Test(
        "The host's servers are asked for the TTL of a host name, by its full name",
        arguments: [
            ("nfs", "nfs.host.example"), ("nfs.example", "nfs.example"), ("nfs.", "nfs"), ("nfs.a.", "nfs.a"),
        ])
    func hostTTL(name: String, fullName: String) throws {
        let (_, steps) = try resolve(
            name, answers: ["configured ipv4 \(name)": .success(.init("192.0.2.1"))])
        #expect(
            Self.sources(steps)
                == [TTLSource(servers: [IPAddress("192.0.2.53".utf8)!], fullName: Bytes(text: fullName))])
    }
}
