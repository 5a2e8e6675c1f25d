import CLinux
import KubeletDiscovery
import Synchronization
import Testing

@testable import DNSUpcall
@testable import LinuxSystem

@Suite("The log of an upcall")
struct UpcallLogTests {
    private static let servers = [IPAddress("10.96.0.10".utf8)!, IPAddress("fd00::a".utf8)!]
    private static let cluster = ClusterDNS(servers: servers, domain: Bytes("k8s.test"), sources: [])
    private static let received = UpcallEvent.received(
        try! KeyDescription(parsing: Bytes("dns_resolver;0;0;0;nfs.svc")))

    /// The lines for some events, with times left out: `warning nfs.svc: ...`.
    private static func lines(
        _ threshold: SystemLog.Severity, _ events: [UpcallEvent], isFirstTime: Bool = true
    ) -> [String] {
        let lines = Mutex<[String]>([])
        var log = UpcallLog(
            log: HandlerLog(
                log: SystemLog(
                    threshold: threshold,
                    output: { severity, line, _ in
                        lines.withLock {
                            $0.append("\(severity) \(line.replacing(/[0-9]+\.[0-9]{3} ms/, with: "T ms"))")
                        }
                    }, isFirstTime: { _ in isFirstTime })), deadline: 5)
        for event in events { log.observe(event) }
        return lines.withLock { $0 }
    }

    private static func rejected(_ failure: Failure) -> UpcallEvent {
        .rejected(failure, Rejection(for: failure))
    }

    private static func lookup(_ result: Result<Answer, LookupProblem>) -> UpcallEvent {
        .lookup(
            LookupReport(
                question: Question(name: Bytes("nfs.svc.k8s.test."), families: .ipv4, service: .dns),
                microseconds: 1234, result: result))
    }

    private static let success: [UpcallEvent] = [
        received, .request(try! Request(description: Bytes("nfs.svc"), callout: [])), .clusterDNS(cluster),
        .view(.cluster, reason: .clusterName), .isolated(.namespace), lookup(.success(.init("10.0.0.1", ttl: 30))),
        .instantiated(Payload(address: IPAddress("10.0.0.1".utf8)!), seconds: 5),
    ]

    @Test("A success is not worth a line")
    func quiet() {
        #expect(Self.lines(.warning, Self.success) == [])
    }

    @Test("With -v a success is one line, with -vv each step has its own")
    func verbose() {
        let answer = "info nfs.svc: 10.0.0.1 for 5 s, cluster view, T ms"
        #expect(Self.lines(.info, Self.success) == [answer])
        #expect(
            Self.lines(.debug, Self.success) == [
                "debug nfs.svc: cluster view: the name belongs to the cluster",
                "debug nfs.svc.k8s.test. (IPv4) from DNS: 1 found, TTL 30 s, T ms", answer,
            ])
    }

    @Test("A failure is one line: what was asked, why it failed, where, and what the key got")
    func failure() {
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .view(.cluster, reason: .clusterName),
                    Self.lookup(.failure(.noSuchName)), Self.rejected(.lookup(.noSuchName)),
                ]) == [
                    "warning nfs.svc: no such name; cluster view, server 10.96.0.10 and fd00::a, T ms;"
                        + " rejected with ENODATA for 5 s"
                ])
    }

    @Test("Servers that were asked directly stand with what they did")
    func probed() {
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .view(.cluster, reason: .clusterName),
                    .probe(Self.servers, [.unreachable(Errno(ECONNREFUSED)), .silent]),
                    Self.rejected(.lookup(.temporary)),
                ]) == [
                    "warning nfs.svc: no usable answer; cluster view, server 10.96.0.10 (Connection refused) and"
                        + " fd00::a (silent), T ms; rejected with EAGAIN for 1 s"
                ])
    }

    @Test("That the last good answer is given stands in the log, with its age")
    func stale() {
        let answer = StaleAnswer(
            address: IPAddress("10.0.0.1".utf8)!, age: 42, lifetime: 5, milliseconds: 2800)
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .view(.cluster, reason: .clusterName),
                    .offered(answer), .offered(nil), .stale(.noServerReachable, answer),
                    .instantiated(Payload(address: answer.address), seconds: 5),
                ]) == [
                    "warning nfs.svc: no server can be reached; cluster view, server 10.96.0.10 and fd00::a, T ms;"
                        + " given 10.0.0.1, 42 s old, for 5 s"
                ])
    }

    @Test("In the host's view the cluster's servers have no part")
    func hostView() {
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .view(.host, reason: .hostName),
                    Self.rejected(.lookup(.noSuchName)),
                ]) == ["warning nfs.svc: no such name; host view, T ms; rejected with ENODATA for 5 s"])
    }

    @Test("What was asked for is named although it makes no sense, on one line and of bounded length")
    func hostile() throws {
        let description = Bytes("dns_resolver;0;0;0;a\n<0>\u{1B}[2J") + Bytes(repeating: 0x07, count: 4000)
        let lines = Self.lines(
            .debug,
            [
                .received(try KeyDescription(parsing: description)),
                Self.rejected(.request(.invalidName(reason: .tooLong))),
            ])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("warning a\\x0a<0>\\x1b[2J\\x07"))
        #expect(lines[0].hasSuffix("not looked up, T ms; rejected with EINVAL for 5 s"))
        #expect(lines[0].utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(lines[0].utf8.count < 1300)
    }

    @Test("Before anything is known of the request, it is called just that")
    func unnamed() {
        #expect(
            Self.lines(.warning, [Self.rejected(.key(Errno(EACCES)))]) == [
                "warning request: the kernel refused the key's payload or description: Permission denied;"
                    + " not looked up, T ms; rejected with EIO for 1 s"
            ])
    }

    @Test("Unknown callout words are quoted, as far as a line has room")
    func calloutWords() throws {
        let callout = Bytes("srv=1 \u{1B} ") + Bytes(repeating: 0x78, count: 4000)
        let request = try Request(description: Bytes("nfs.svc"), callout: callout)
        let lines = Self.lines(.warning, [Self.received, .request(request)])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("warning nfs.svc: unknown callout words ignored: srv=1 \\x1b xxx"))
        #expect(lines[0].hasSuffix("x..."))
        #expect(lines[0].utf8.count < 200)
    }

    @Test("That mounts are refused is told once")
    func refusedAgain() {
        let refused = UpcallEvent.isolationFailed(IsolationProblem(step: .unshare, errno: Errno(EPERM)))
        #expect(Self.lines(.warning, [Self.received, refused]).count == 1)
        #expect(Self.lines(.warning, [Self.received, refused], isFirstTime: false) == [])
        #expect(Self.lines(.debug, [Self.received, refused], isFirstTime: false).first?.hasPrefix("debug") == true)
    }

    @Test("Trouble with the kubelet's files or with mounts is told")
    func trouble() {
        var cluster = Self.cluster
        cluster.problem = "config.yaml: not a regular file"
        let problem = IsolationProblem(step: .propagation, errno: Errno(EACCES))
        #expect(
            Self.lines(.warning, [Self.received, .clusterDNS(cluster), .isolationFailed(problem)]) == [
                "warning cluster DNS not found: config.yaml: not a regular file",
                "warning nfs.svc: making mount propagation private failed: Permission denied;"
                    + " asking the cluster's DNS without a mount namespace",
            ])
    }

    @Test(
        "Times have three decimals",
        arguments: [(0, "0.000 ms"), (7, "0.007 ms"), (1234, "1.234 ms"), (5_000_010, "5000.010 ms")])
    func times(microseconds: Int, text: String) {
        #expect(milliseconds(microseconds) == text)
    }
}
