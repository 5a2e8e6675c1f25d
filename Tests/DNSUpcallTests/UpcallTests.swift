import CLinux
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Upcall")
struct UpcallTests {
    private let journal = Journal()

    /// The lines of the journal that answer the key.
    private var answers: [String] {
        journal.lines.filter { $0.hasPrefix("instantiate") || $0.hasPrefix("reject") }
    }

    /// The fakes, for a test to change.
    private struct Fakes {
        var key: FakeKey
        var host: FakeHost
        var resolver: FakeResolver
        var localAddresses: Set<String> = []
    }

    private func run(
        settings: String = "", answers: [String: Result<FoundAddresses, LookupProblem>] = [:],
        state: StateDirectory = StateDirectory(Bytes("/nonexistent/state"), owner: geteuid()),
        change: (inout Fakes) -> Void = { _ in }
    ) -> Bool {
        var fakes = Fakes(
            key: FakeKey(journal: journal), host: FakeHost(journal: journal),
            resolver: FakeResolver(journal: journal, answers: answers))
        change(&fakes)
        let settings = "cluster_dns=10.96.0.10\ncluster_domain=k8s.test\n" + settings
        let localAddresses = fakes.localAddresses
        let upcall = Upcall(
            key: fakes.key, host: fakes.host, resolver: fakes.resolver,
            configuration: Configuration.parse(Bytes(text: settings)).configuration, state: state,
            isLocal: { localAddresses.contains($0.text) }, observer: NoObserver())
        return upcall.run()
    }

    private static let found: [String: Result<FoundAddresses, LookupProblem>] = [
        "dns ipv4 nfs.svc.k8s.test.": .success(.init("10.0.0.2", "10.0.0.1", ttl: 3))
    ]

    @Test("A key gets its lifetime first, and then one address")
    func success() {
        #expect(run(answers: Self.found))
        #expect(journal.lines.suffix(2) == ["set timeout 3", "instantiate 10.0.0.1\\x00"])
        #expect(answers.count == 1)
    }

    @Test("A list has all addresses")
    func list() {
        let found: [String: Result<FoundAddresses, LookupProblem>] = [
            "dns both nfs.svc.k8s.test.": .success(.init("10.0.0.2", "fd00::1", "10.0.0.1"))
        ]
        #expect(run(answers: found, change: { $0.key.callout = Bytes("list") }))
        #expect(journal.lines.suffix(2) == ["set timeout 5", "instantiate 10.0.0.2,fd00::1,10.0.0.1\\x00"])
    }

    @Test("The node's own address is chosen first")
    func local() {
        #expect(run(answers: Self.found, change: { $0.localAddresses = ["10.0.0.2"] }))
        #expect(answers == ["instantiate 10.0.0.2\\x00"])
    }

    @Test(
        "A TTL is kept within its bounds; without one the default applies",
        arguments: [(0, 1), (4, 4), (9, 5), (nil, 7)] as [(UInt32?, Int)])
    func lifetime(ttl: UInt32?, seconds: Int) {
        let found: [String: Result<FoundAddresses, LookupProblem>] = [
            "dns ipv4 nfs.svc.k8s.test.": .success(.init("10.0.0.1", ttl: ttl))
        ]
        #expect(run(settings: "default_ttl=7", answers: found))
        #expect(journal.lines.suffix(2).first == "set timeout \(seconds)")
    }

    @Test("An answer without addresses is no answer", arguments: ["", "list"])
    func empty(callout: String) {
        let found: [String: Result<FoundAddresses, LookupProblem>] = [
            "dns ipv4 nfs.svc.k8s.test.": .success(.init()), "dns both nfs.svc.k8s.test.": .success(.init()),
        ]
        #expect(!run(answers: found, change: { $0.key.callout = Bytes(text: callout) }))
        #expect(answers == ["reject \(ENODATA) 5"])
    }

    @Test(
        "An invalid request is rejected without a lookup",
        arguments: [
            "dns_resolver;0;0;0;a b", "dns_resolver;0;0;0;", "dns_resolver;0;0;0;mx:a", "user;0;0;0;a",
            "dns_resolver;0;0;a", "", "dns_resolver;0;0;0;../../etc/passwd", "dns_resolver;0;0;0;a;b",
        ])
    func badRequests(description: String) {
        #expect(!run(answers: Self.found, change: { $0.key.description = Bytes(text: description) }))
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
            !run(change: {
                $0.resolver.otherwise = problem
                $0.resolver.replies = [.silent]
            }))
        #expect(answers == ["reject \(errno) \(seconds)"])
    }

    @Test("If privileges cannot be dropped, the key is rejected with EIO and nothing is looked up")
    func privileges() {
        #expect(!run(answers: Self.found, change: { $0.host.privilegeProblem = Errno(EPERM) }))
        #expect(journal.lines == ["use in process", "drop privileges", "reject \(EIO) 1"])
    }

    @Test("A key that cannot be read is rejected")
    func unreadable() {
        #expect(!run(change: { $0.key.descriptionProblem = Errno(EACCES) }))
        #expect(!run(change: { $0.key.calloutProblem = Errno(EKEYREVOKED) }))
        #expect(journal.lines == ["reject \(EIO) 1", "reject \(EIO) 1"])
    }

    @Test("A key that refuses its lifetime gets no payload: it would last forever")
    func timeoutRefused() {
        #expect(!run(answers: Self.found, change: { $0.key.timeoutProblem = Errno(EACCES) }))
        #expect(answers == ["reject \(EIO) 1"])
    }

    @Test("A key that refuses its payload is rejected")
    func payloadRefused() {
        #expect(!run(answers: Self.found, change: { $0.key.payloadProblem = Errno(EDQUOT) }))
        #expect(answers == ["instantiate 10.0.0.1\\x00", "reject \(EIO) 1"])
    }

    @Test("A key that cannot even be rejected ends the upcall, once")
    func rejectionRefused() {
        #expect(!run(change: { $0.key.rejectionProblem = Errno(EPERM) }))
        #expect(answers == ["reject \(ENODATA) 5"])
    }

    @Test("The configured lifetimes of failures apply")
    func failureLifetimes() {
        #expect(!run(settings: "negative_ttl=2"))
        #expect(answers == ["reject \(ENODATA) 2"])
    }

    @Test("The answer to the kernel's own request is kept, but not the answer to a user's")
    func lastAnswer() throws {
        let file = try TemporaryState()
        func last() throws -> String? {
            try LastAnswers(for: HostName("nfs.svc"), .both, in: file.directory).recall()?.address.text
        }
        #expect(run(answers: Self.found, state: file.directory))
        #expect(try last() == nil)
        #expect(run(answers: Self.found, state: file.directory) { $0.key.isForKernel = true })
        #expect(try last() == "10.0.0.1")
    }
}
