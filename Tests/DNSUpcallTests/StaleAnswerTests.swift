import CLinux
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("Stale answers")
struct StaleAnswerTests {
    private let journal = Journal()
    private let file: TemporaryFile
    private static let address = IPAddress("10.0.0.1".utf8)!
    private static let stale = ["set timeout 5", "instantiate 10.0.0.1\\x00"]
    private static let v4 = "dns ipv4 nfs.svc.k8s.test."
    private static let v6 = "dns ipv6 nfs.svc.k8s.test."

    init() throws { file = try TemporaryFile() }

    private func keep(_ address: IPAddress = Self.address, secondsAgo: Int = 10) throws {
        let now = Moment.now
        let time = Moment(sinceStart: now.sinceStart - secondsAgo, sinceEpoch: now.sinceEpoch - secondsAgo)
        try LastAnswers(for: HostName("nfs.svc.k8s.test"), .both, in: file.bytes).keep(address, now: time)
    }

    private var kept: IPAddress? {
        get throws { try LastAnswers(for: HostName("nfs.svc.k8s.test"), .both, in: file.bytes).recall()?.address }
    }

    /// What was done to the key.
    private func run(
        settings: String = "serve_stale=60", root: String = "/", callout: String = "", user: Int = 0,
        answers: [String: Result<Answer, LookupProblem>] = [:], otherwise: LookupProblem = .temporary,
        replies: [ServerReply] = [.unreachable(Errno(ECONNREFUSED))]
    ) -> [String] {
        let lookup = FakeLookup(
            journal: journal, replies: replies, answers: answers, lastAnswers: file.bytes, otherwise: otherwise)
        let key = FakeKey(
            journal: journal, description: Bytes(text: "dns_resolver;\(user);0;3f010000;nfs.svc"),
            callout: Bytes(text: callout))
        let settings = "cluster_dns=10.96.0.10\ncluster_domain=k8s.test\n" + settings
        var upcall = Upcall(
            key: key, lookup: lookup, configuration: Configuration.parse(Bytes(text: settings)).configuration,
            root: Bytes(text: root), observer: EventList())
        _ = upcall.run()
        return journal.lines.filter { ["set", "instantiate", "reject"].contains($0.prefix { $0 != " " }) }
    }

    private static let found: [String: Result<Answer, LookupProblem>] = [v4: .success(.init("10.0.0.1"))]

    @Test("An answer is kept once the key has it, and given when no server can be reached")
    func unreachable() throws {
        #expect(run(answers: Self.found) == Self.stale)
        #expect(try kept == Self.address)
        #expect(run() == Self.stale + Self.stale)
    }

    @Test("The file is opened before the privileges go, and the answer at hand while DNS is asked, not before")
    func order() throws {
        try keep()
        _ = run()
        // The clock may have gone on.
        let lines = journal.lines.map { String($0.replacing(/[0-9]+ s old/, with: "T s old")) }
        #expect(
            lines.prefix(7) == [
                "open last answers", "use in process", "drop privileges", "files both nfs.svc",
                "offer 10.0.0.1, T s old, for 5 s in 1800 ms", Self.v4, "withdraw",
            ])
    }

    @Test("Without the option, nothing is opened, kept or given")
    func off() throws {
        try keep()
        #expect(run(settings: "") == ["reject \(ECONNREFUSED) 1"])
        _ = run(settings: "", answers: [Self.v4: .success(.init("10.0.0.2"))])
        #expect(try kept == Self.address)
        #expect(!journal.lines.contains("open last answers"))
    }

    @Test("What a server answers stands", arguments: [UInt8(0), 2, 3, 5])
    func reached(responseCode: UInt8) throws {
        try keep()
        let replies: [ServerReply] = [.unreachable(Errno(ECONNREFUSED)), .answered(responseCode: responseCode)]
        #expect(run(replies: replies) == ["reject \(EAGAIN) 1"])
    }

    @Test("Servers of which one is down and one silent cannot be reached; silence before its time proves nothing")
    func silent() throws {
        try keep()
        #expect(run(replies: [.silent]) == ["reject \(EAGAIN) 1"])
        #expect(run(replies: [.silent, .unreachable(Errno(EHOSTUNREACH))]).suffix(2) == Self.stale)
    }

    @Test(
        "Over NXDOMAIN and NODATA it is not given, then or later", arguments: [LookupProblem.noSuchName, .noData])
    func absent(problem: LookupProblem) throws {
        try keep()
        #expect(run(otherwise: problem) == ["reject \(ENODATA) 5"])
        #expect(try kept == nil)
        #expect(run().suffix(1) == ["reject \(ECONNREFUSED) 1"])
    }

    @Test("NODATA for one family leaves an address of the other")
    func otherFamily() throws {
        let nodata: [String: Result<Answer, LookupProblem>] = [Self.v4: .failure(.noData)]
        try keep(IPAddress("fd00::1".utf8)!)
        #expect(run(answers: nodata).suffix(1) == ["instantiate fd00::1\\x00"])
        try keep()
        #expect(run(answers: nodata).suffix(1) == ["reject \(ECONNREFUSED) 1"])
    }

    @Test(
        "The failures of this machine are none of the servers'",
        arguments: [LookupProblem.system(Errno(EMFILE)), .refused])
    func local(problem: LookupProblem) throws {
        try keep()
        #expect(run(otherwise: problem).last?.hasPrefix("reject") == true)
    }

    @Test("An answer counts up to its greatest age", arguments: [(60, true), (601, false)])
    func age(seconds: Int, isGiven: Bool) throws {
        try keep(secondsAgo: seconds)
        #expect((run(settings: "serve_stale=600") == Self.stale) == isGiven)
    }

    @Test(
        "The key lives as long as RFC 8767 says, or as an address may at most",
        arguments: [("max_ttl=60", 30), ("max_ttl=2", 2), ("max_ttl=60\nmin_ttl=60", 30)])
    func lifetime(setting: String, seconds: Int) throws {
        try keep()
        #expect(run(settings: "serve_stale=60\n" + setting).first == "set timeout \(seconds)")
    }

    @Test("Who is not root is given nothing, and leaves nothing")
    func users() throws {
        #expect(run(user: 1000, answers: Self.found) == Self.stale)
        #expect(try kept == nil)
        try keep()
        #expect(run(user: 1000).last == "reject \(ECONNREFUSED) 1")
        #expect(!journal.lines.contains("open last answers"))
    }

    @Test("A list, and the answer of a server that the request names, are neither kept nor given")
    func otherRequests() throws {
        try keep()
        for callout in ["list", "ns=10.0.0.53"] {
            #expect(run(callout: callout).last == "reject \(ECONNREFUSED) 1")
        }
        #expect(!journal.lines.contains("open last answers"))
    }

    @Test("Neither is an address from /etc/hosts kept, nor anything below another root")
    func elsewhere() throws {
        _ = run(answers: ["files both nfs.svc": .success(.init("10.0.0.1"))])
        _ = run(root: "/mnt", answers: Self.found)
        #expect(try kept == nil)
    }

    @Test("A stale answer is not kept as a good one")
    func staleStays() throws {
        try keep(secondsAgo: 50)
        _ = run()
        let (_, age) = try #require(
            try LastAnswers(for: HostName("nfs.svc.k8s.test"), .both, in: file.bytes).recall())
        #expect(age >= 50)
    }

    @Test("Where the file cannot be opened, the key is answered all the same")
    func noFile() throws {
        let lookup = FakeLookup(journal: journal, answers: Self.found)
        let settings = "cluster_dns=10.96.0.10\ncluster_domain=k8s.test\nserve_stale=60"
        var upcall = Upcall(
            key: FakeKey(journal: journal), lookup: lookup,
            configuration: Configuration.parse(Bytes(text: settings)).configuration, observer: EventList())
        let isAnswered = upcall.run()
        #expect(isAnswered)
        #expect(journal.lines.suffix(2) == Self.stale)
    }
}
