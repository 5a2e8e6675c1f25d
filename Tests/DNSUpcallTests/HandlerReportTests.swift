import CLinux
import KubeletDiscovery
import Synchronization
import Testing

@testable import DNS
@testable import DNSUpcall
@testable import LinuxSystem

@Suite("The log of an upcall")
struct HandlerReportTests {
    private static let servers = [IPAddress("10.96.0.10".utf8)!, IPAddress("fd00::a".utf8)!]
    private static let cluster = ClusterDNS(servers: servers, domain: Bytes("k8s.test"), sources: [])
    private static let received = UpcallStep.received(
        try! KeyDescription(parsing: Bytes("dns_resolver;0;0;0;nfs.svc")))

    /// The lines for some steps, without times: `warning nfs.svc: ...`.
    private static func lines(
        _ threshold: SystemLog.Severity, _ steps: [UpcallStep], isFirst: Bool = true
    ) -> [String] {
        let lines = Mutex<[String]>([])
        let observer = HandlerReport(
            log: HandlerLog(
                log: SystemLog(
                    threshold: threshold,
                    output: { severity, line, _ in
                        lines.withLock {
                            $0.append("\(severity) \(line.replacing(/[0-9]+\.[0-9]{3} ms/, with: "T ms"))")
                        }
                    }), isFirst: { _ in isFirst }), deadline: .seconds(5))
        let report = UpcallReport()
        for step in steps {
            report.add(step)
            observer.observe(step, in: report)
        }
        return lines.withLock { $0 }
    }

    private static func rejected(_ failure: Failure) -> UpcallStep {
        .rejected(failure, Rejection(for: failure))
    }

    private static func lookup(_ result: Result<FoundAddresses, LookupProblem>) -> UpcallStep {
        .lookup(
            .addresses(
                LookupReport(
                    question: Question(name: Bytes("nfs.svc.k8s.test."), families: .ipv4, service: .dns),
                    time: .microseconds(1234), result: result)))
    }

    private static let success: [UpcallStep] = [
        received, .request(try! Request(description: Bytes("nfs.svc"), callout: [])), .clusterDNS(cluster),
        .lookup(.view(.entered(.cluster, .clusterName))), .lookup(.view(.isolated(.namespace))),
        lookup(.success(.init("10.0.0.1", ttl: 30))),
        .answered(Payload(address: IPAddress("10.0.0.1".utf8)!), seconds: 5),
    ]

    @Test("An upcall that has ended is not recorded again when the watchdog comes")
    func endedTwice() throws {
        let file = try TemporaryState()
        let history = try #require(UpcallHistory(in: file.directory))
        let recorder = UpcallRecorder(history: history, key: 1)
        recorder.end(.lookup(.noSuchName), "", errno: .init(ENODATA), lifetime: 5, after: .zero)
        recorder.cutOff(.late)
        #expect(history.records.map(\.errno.code) == [ENODATA])
    }

    @Test("A success is not logged")
    func quiet() {
        #expect(Self.lines(.warning, Self.success) == [])
    }

    @Test("With -v a success is one line; with -vv each step has its own")
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
                    Self.received, .clusterDNS(Self.cluster), .lookup(.view(.entered(.cluster, .clusterName))),
                    Self.lookup(.failure(.noSuchName)), Self.rejected(.lookup(.noSuchName)),
                ]) == [
                    "warning nfs.svc: no such name; cluster view, server 10.96.0.10 and fd00::a, T ms;"
                        + " rejected with ENODATA for 5 s"
                ])
    }

    @Test("Servers that were asked directly are listed with their replies")
    func probed() {
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .lookup(.view(.entered(.cluster, .clusterName))),
                    .lookup(.probe(Self.servers, [.unreachable(Errno(ECONNREFUSED)), .silent])),
                    Self.rejected(.lookup(.temporary)),
                ]) == [
                    "warning nfs.svc: no usable answer; cluster view, server 10.96.0.10 (Connection refused) and"
                        + " fd00::a (silent), T ms; rejected with EAGAIN for 1 s"
                ])
    }

    @Test("In the host's view the cluster's servers are not listed")
    func hostView() {
        #expect(
            Self.lines(
                .warning,
                [
                    Self.received, .clusterDNS(Self.cluster), .lookup(.view(.entered(.host, .hostName))),
                    Self.rejected(.lookup(.noSuchName)),
                ]) == ["warning nfs.svc: no such name; host view, T ms; rejected with ENODATA for 5 s"])
    }

    @Test("A nonsensical request is logged too, on one line of limited length")
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

    @Test("A request about which nothing is known yet is called just that")
    func unnamed() {
        #expect(
            Self.lines(.warning, [Self.rejected(.key(Errno(EACCES)))]) == [
                "warning request: the kernel refused the key's payload or description: Permission denied;"
                    + " not looked up, T ms; rejected with EIO for 1 s"
            ])
    }

    @Test("Unknown callout words are quoted, as far as they fit on a line")
    func calloutWords() throws {
        let callout = Bytes("srv=1 \u{1B} ") + Bytes(repeating: 0x78, count: 4000)
        let request = try Request(description: Bytes("nfs.svc"), callout: callout)
        let lines = Self.lines(.warning, [Self.received, .request(request)])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("warning nfs.svc: unknown callout words ignored: srv=1 \\x1b xxx"))
        #expect(lines[0].hasSuffix("x..."))
        #expect(lines[0].utf8.count < 200)
    }

    @Test("Refused mounts are logged once")
    func refusedAgain() {
        let refused = UpcallStep.lookup(
            .view(.isolationFailed(IsolationProblem(step: .unshare, errno: Errno(EPERM)))))
        #expect(Self.lines(.warning, [Self.received, refused]).count == 1)
        #expect(Self.lines(.warning, [Self.received, refused], isFirst: false) == [])
        #expect(Self.lines(.debug, [Self.received, refused], isFirst: false).first?.hasPrefix("debug") == true)
    }

    @Test("Trouble with the kubelet's files or with mounts is logged")
    func trouble() {
        var cluster = Self.cluster
        cluster.problem = "config.yaml: not a regular file"
        let problem = IsolationProblem(step: .propagation, errno: Errno(EACCES))
        #expect(
            Self.lines(.warning, [Self.received, .clusterDNS(cluster), .lookup(.view(.isolationFailed(problem)))])
                == [
                    "warning cluster DNS not found: config.yaml: not a regular file",
                    "warning nfs.svc: making mount propagation private failed: Permission denied;"
                        + " asking the cluster's DNS without a mount namespace",
                ])
    }

    @Test(
        "Times have three decimals",
        arguments: [(0, "0.000 ms"), (7, "0.007 ms"), (1234, "1.234 ms"), (5_000_010, "5000.010 ms")])
    func times(microseconds: Int, text: String) {
        #expect(Duration.microseconds(microseconds).text == text)
    }
}
