import CLinux
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Upcalls for AFS cells")
struct CellUpcallTests {
    private let journal = Journal()

    private func run(
        _ cell: String, _ callout: String = "srv=1", settings: String = "", privilegeProblem: Errno? = nil,
        _ change: (inout FakeResolver) -> Void = { _ in }
    ) -> Bool {
        var resolver = FakeResolver(journal: journal)
        change(&resolver)
        let key = FakeKey(
            journal: journal, description: Bytes(text: "dns_resolver;0;0;3f010000;afsdb:\(cell)"),
            callout: Bytes(text: callout))
        let settings = "cluster_dns=10.96.0.10\ncluster_domain=k8s.test\n" + settings
        let upcall = Upcall(
            key: key, host: FakeHost(journal: journal, privilegeProblem: privilegeProblem), resolver: resolver,
            configuration: Configuration.parse(Bytes(text: settings)).configuration,
            // Not the machine's own files.
            root: Bytes("/nonexistent"), observer: NoObserver())
        return upcall.run()
    }

    private func afsdb(_ owner: String, ttl: UInt32 = 60) -> Result<DNSMessage, LookupProblem> {
        var response = ResponseBuilder(owner, .afsdb)
        response.afsDatabase(owner, 1, "vl.example", ttl: ttl)
        return .success(response.message)
    }

    @Test("The cluster's DNS is asked for a cluster's cell by its full name, without privileges")
    func clusterCell() {
        let isFound = run("afs.svc", "") {
            $0.records = ["18 afs.svc.k8s.test": afsdb("afs.svc.k8s.test")]
            $0.answers = ["dns both vl.example.": .success(.init("10.0.0.1", "fd00::1", ttl: 90))]
        }
        #expect(isFound)
        #expect(
            journal.lines == [
                "use in process", "drop privileges", "33 _afs3-vlserver._udp.afs.svc.k8s.test",
                "18 afs.svc.k8s.test", "files both vl.example", "dns both vl.example.", "set timeout 60",
                "instantiate 10.0.0.1,[fd00::1]\\x00",
            ])
    }

    @Test("The host's DNS is asked for any other cell")
    func hostCell() {
        let isFound = run("cell.example") {
            $0.records = ["18 cell.example": afsdb("cell.example", ttl: 7200)]
            $0.answers = ["configured both vl.example": .success(.init("10.0.0.1"))]
        }
        #expect(isFound)
        #expect(
            journal.lines == [
                "drop privileges", "33 _afs3-vlserver._udp.cell.example", "18 cell.example",
                "configured both vl.example", "set timeout 7200",
                "instantiate \\x00\\x00\\x01\\x03\\x01\\x01\\x0a\\x00\\x00\\x00\\x00\\x00[\\x1b\\x05\\x01\\x01\\x01"
                    + "vl.example\\x00\\x0a\\x00\\x00\\x01",
            ])
    }

    @Test(
        "A list's lifetime is its TTL, at least a second and at most a day",
        arguments: [(0, 1), (1, 1), (86_400, 86_400), (86_401, 86_400), (0x7FFF_FFFF, 86_400)] as [(UInt32, Int)])
    func lifetime(ttl: UInt32, seconds: Int) {
        _ = run("cell.example") {
            $0.records = ["18 cell.example": afsdb("cell.example", ttl: ttl)]
            $0.answers = ["configured both vl.example": .success(.init("10.0.0.1"))]
        }
        #expect(journal.lines.suffix(2).first == "set timeout \(seconds)")
    }

    @Test(
        "A client that accepts lists gets a failure as a list, with the lifetime of a rejection",
        arguments: [
            (LookupProblem.noSuchName, 4, 6), (.temporary, 6, 2), (.refused, 7, 2), (.system(Errno(EIO)), 5, 2),
        ])
    func failure(problem: LookupProblem, status: Int, seconds: Int) {
        let settings = "negative_ttl=6\ntemporary_ttl=2\n"
        #expect(!run("cell.example", settings: settings) { $0.otherwise = problem })
        #expect(
            journal.lines.suffix(2) == [
                "set timeout \(seconds)", "instantiate \\x00\\x00\\x01\\x00\\x0\(status)\\x00",
            ])
    }

    @Test("Any other client's key is rejected")
    func rejection() {
        #expect(!run("cell.example", "srv=0"))
        #expect(journal.lines.last == "reject \(ENODATA) 5")
    }

    @Test("If privileges cannot be dropped, the network is not asked")
    func privileges() {
        #expect(!run("cell.example", privilegeProblem: Errno(EPERM)))
        #expect(journal.lines.last == "instantiate \\x00\\x00\\x01\\x00\\x05\\x00")
        #expect(!journal.lines.contains { $0.hasPrefix("33 ") })
    }

    @Test("A name that is too long with the cluster's domain does not exist")
    func longName() {
        let name = String(repeating: "a.", count: 122) + "svc"
        #expect(!run(name, ""))
        #expect(journal.lines.last == "reject \(ENODATA) 5")
    }
}
