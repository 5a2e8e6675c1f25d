import CLinux
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("Upcall")
struct UpcallTests {
    private let journal = Journal()

    /// The lines of the journal that answer the key.
    private var answers: [String] {
        journal.lines.filter { $0.hasPrefix("instantiate") || $0.hasPrefix("reject") }
    }

    private func run(
        settings: String = "", answers: [String: Result<Answer, LookupProblem>] = [:],
        lookup change: (inout FakeLookup) -> Void = { _ in }, key changeKey: (inout FakeKey) -> Void = { _ in }
    ) -> Bool {
        var lookup = FakeLookup(journal: journal, answers: answers)
        change(&lookup)
        var key = FakeKey(journal: journal)
        changeKey(&key)
        let settings = "cluster_dns=10.96.0.10\ncluster_domain=k8s.test\n" + settings
        var upcall = Upcall(
            key: key, lookup: lookup, configuration: Configuration.parse(Bytes(text: settings)).configuration,
            observer: EventList())
        return upcall.run()
    }

    private static let found: [String: Result<Answer, LookupProblem>] = [
        "dns ipv4 nfs.svc.k8s.test.": .success(.init("10.0.0.2", "10.0.0.1", ttl: 3))
    ]

    @Test("A key is given its lifetime first, and then one address")
    func success() {
        #expect(run(answers: Self.found))
        #expect(journal.lines.suffix(2) == ["set timeout 3", "instantiate 10.0.0.1\\x00"])
        #expect(answers.count == 1)
    }

    @Test("A list has all addresses")
    func list() {
        let found: [String: Result<Answer, LookupProblem>] = [
            "dns both nfs.svc.k8s.test.": .success(.init("10.0.0.2", "fd00::1", "10.0.0.1"))
        ]
        #expect(run(answers: found, key: { $0.callout = Bytes("list") }))
        #expect(journal.lines.suffix(2) == ["set timeout 5", "instantiate 10.0.0.2,fd00::1,10.0.0.1\\x00"])
    }

    @Test("An address of the node itself is the nearest")
    func local() {
        #expect(run(answers: Self.found, lookup: { $0.localAddresses = ["10.0.0.2"] }))
        #expect(answers == ["instantiate 10.0.0.2\\x00"])
    }

    @Test(
        "A TTL is kept within its bounds, and without one the default counts",
        arguments: [(0, 1), (4, 4), (9, 5), (nil, 7)] as [(UInt32?, Int)])
    func lifetime(ttl: UInt32?, seconds: Int) {
        let found: [String: Result<Answer, LookupProblem>] = [
            "dns ipv4 nfs.svc.k8s.test.": .success(.init("10.0.0.1", ttl: ttl))
        ]
        #expect(run(settings: "default_ttl=7", answers: found))
        #expect(journal.lines.suffix(2).first == "set timeout \(seconds)")
    }

    @Test("An answer without addresses is no answer", arguments: ["", "list"])
    func empty(callout: String) {
        let found: [String: Result<Answer, LookupProblem>] = [
            "dns ipv4 nfs.svc.k8s.test.": .success(.init()), "dns both nfs.svc.k8s.test.": .success(.init()),
        ]
        #expect(!run(answers: found, key: { $0.callout = Bytes(text: callout) }))
        #expect(answers == ["reject \(ENODATA) 5"])
    }

    @Test(
        "What cannot be looked up is rejected without a lookup",
        arguments: [
            "dns_resolver;0;0;0;a b", "dns_resolver;0;0;0;", "dns_resolver;0;0;0;mx:a", "user;0;0;0;a",
            "dns_resolver;0;0;a", "", "dns_resolver;0;0;0;../../etc/passwd", "dns_resolver;0;0;0;a;b",
        ])
    func badRequests(description: String) {
        #expect(!run(answers: Self.found, key: { $0.description = Bytes(text: description) }))
        #expect(journal.lines == ["reject \(EINVAL) 5"])
    }

    @Test(
        "Each failure of the lookup has its rejection",
        arguments: [
            (LookupProblem.noSuchName, ENODATA, 5), (.noData, ENODATA, 5), (.temporary, EAGAIN, 1),
            (.refused, ECONNREFUSED, 1), (.system(Errno(ENOMEM)), EIO, 1),
        ])
    func lookupFailures(problem: LookupProblem, errno: Int32, seconds: Int) {
        #expect(
            !run(lookup: {
                $0.otherwise = problem
                $0.replies = [.silent]
            }))
        #expect(answers == ["reject \(errno) \(seconds)"])
    }

    @Test("If the privileges stay, the key is rejected with EIO and nothing is looked up")
    func privileges() {
        #expect(!run(answers: Self.found, lookup: { $0.privilegeProblem = Errno(EPERM) }))
        #expect(journal.lines == ["use in process", "drop privileges", "reject \(EIO) 1"])
    }

    @Test("A key that cannot be read is rejected")
    func unreadable() {
        #expect(!run(key: { $0.descriptionProblem = Errno(EACCES) }))
        #expect(!run(key: { $0.calloutProblem = Errno(EKEYREVOKED) }))
        #expect(journal.lines == ["reject \(EIO) 1", "reject \(EIO) 1"])
    }

    @Test("A key that takes no lifetime gets no payload: it would live for ever")
    func timeoutRefused() {
        #expect(!run(answers: Self.found, key: { $0.timeoutProblem = Errno(EACCES) }))
        #expect(answers == ["reject \(EIO) 1"])
    }

    @Test("A key that takes no payload is rejected")
    func payloadRefused() {
        #expect(!run(answers: Self.found, key: { $0.payloadProblem = Errno(EDQUOT) }))
        #expect(answers == ["instantiate 10.0.0.1\\x00", "reject \(EIO) 1"])
    }

    @Test("A key that cannot even be rejected ends the upcall, once")
    func rejectionRefused() {
        #expect(!run(key: { $0.rejectionProblem = Errno(EPERM) }))
        #expect(answers == ["reject \(ENODATA) 5"])
    }

    @Test("The configured lifetimes of failures count")
    func failureLifetimes() {
        #expect(!run(settings: "negative_ttl=2"))
        #expect(answers == ["reject \(ENODATA) 2"])
    }
}
