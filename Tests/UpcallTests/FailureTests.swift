import CLinux
import LinuxSystem
import Testing

/// The errno and the log line of a name that cannot be resolved.
@Suite("Failures", .upcalls)
struct FailureTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    struct Case: CustomTestStringConvertible {
        let why: String
        let name: String
        let errno: Int32
        /// What else the log line must name.
        var logged: [String] = []
        var testDescription: String { why }

        init(
            _ why: String, _ scenario: Scenario, _ domain: String, _ errno: Int32,
            logged: [String] = []
        ) {
            self.init(why, name: scenario.name(domain), errno, logged: logged)
        }

        init(_ why: String, name: String, _ errno: Int32, logged: [String] = []) {
            self.why = why
            self.name = name
            self.errno = errno
            self.logged = logged
        }
    }

    static let service = "v4.svc.cluster.local"

    static let cases = [
        Case("NXDOMAIN", .cluster, "none.svc.cluster.local", ENODATA, logged: ["127.0.0.180", "cluster"]),
        Case("NXDOMAIN, short", .cluster, "none.svc", ENODATA),
        Case("no address", .cluster, "textonly.svc.cluster.local", ENODATA, logged: ["127.0.0.180", "cluster"]),
        Case(
            "no address of the family", name: "a:" + Scenario.cluster.name("v6.svc.cluster.local"), ENODATA,
            logged: ["127.0.0.180"]),
        Case("NXDOMAIN on the host and in the cluster", .cluster, "none.example", ENODATA),
        Case("NXDOMAIN on the host", .noKubelet, "none.example", ENODATA, logged: ["host"]),
        Case(
            "SERVFAIL", .cluster, "broken.svc.cluster.local", EAGAIN,
            logged: ["127.0.0.180", "cluster", "SERVFAIL"]),
        Case(
            "SERVFAIL on the host", .noKubelet, "broken.example", EAGAIN,
            logged: ["host", "127.0.0.181", "SERVFAIL"]),
        Case("REFUSED", .refusing, service, EAGAIN, logged: ["127.0.0.194", "cluster", "REFUSED"]),
        Case("garbage", .garbage, service, EAGAIN, logged: ["127.0.0.193"]),
        Case("a silent server", .silent, service, EAGAIN, logged: ["127.0.0.192", "cluster"]),
        Case("two silent servers", .silentTwice, service, EAGAIN, logged: ["127.0.0.192", "cluster"]),
        Case("the deadline", .shortDeadline, service, EAGAIN, logged: [" deadline"]),
        Case(
            "no server", .refused, service, ECONNREFUSED,
            logged: ["127.0.0.190", "127.0.0.191", "cluster", "refused"]),
    ]

    @Test("A failure has its errno, a short lifetime, a limited duration and one line in the log", arguments: cases)
    func failure(_ expected: Case) async throws {
        let upcall = await Upcall.request(expected.name)
        #expect(upcall.errno == Errno(expected.errno), "\(upcall)")
        // The deadline of five seconds, and some more for a busy machine.
        #expect(upcall.seconds < 9)
        let key = try #require(upcall.key)
        #expect(key.isNegative)
        #expect(try #require(key.secondsLeft, "the key is permanent") <= (expected.errno == EAGAIN ? 2 : 10))

        let name = expected.name.split(separator: ":").last.map(String.init) ?? ""
        let lines = try await host.log.datagrams(containing: name)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        // 3 << 3 is LOG_DAEMON; the severity is warning or error.
        #expect(line.wholeMatch(of: /<2[78]>resolver\[\d+\]: .*\n?/) != nil, "\(line)")
        for word in expected.logged { #expect(line.contains(word)) }
        #expect(line.contains(/\d m?s/), "there is no time in the line: \(line)")
    }

    @Test("If a server is down, the next one answers")
    func nextAfterRefusal() async {
        let upcall = await Upcall.request(Scenario.firstRefused.name())
        #expect(upcall.outcome == "10.10.0.2")
        #expect(upcall.seconds < 5)
    }

    @Test("If a server is silent, the next one answers")
    func nextAfterSilence() async throws {
        let name = Scenario.firstSilent.name()
        let upcall = await Upcall.request(name)
        let lines = try await host.log.datagrams(containing: name)
        #expect(upcall.outcome == "10.10.0.2", "\(lines)")
        #expect(upcall.seconds < 5)
    }

    @Test("A server can be reached over IPv6")
    func ipv6Server() async {
        #expect(await Upcall.request(Scenario.ipv6Server.name()).outcome == "10.10.0.2")
    }

    @Test("A success is not logged")
    func successIsSilent() async throws {
        let name = Scenario.cluster.name()
        #expect(await Upcall.request(name).outcome == "10.10.0.2")
        #expect(try await host.log.datagrams(containing: name).isEmpty)
    }

    @Test("With -v -v a success is logged with its answer")
    func verboseSuccess() async throws {
        let name = Scenario.verbose.name()
        #expect(await Upcall.request(name).outcome == "10.10.0.2")
        let lines = try await host.log.datagrams(containing: name)
        #expect(lines.count > 1)
        #expect(lines.contains { $0.contains("10.10.0.2") })
    }
}
