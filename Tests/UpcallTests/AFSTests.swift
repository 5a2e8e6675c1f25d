import CLinux
import LinuxSystem
import Testing

/// The kernel's answers about the servers of an AFS cell.
@Suite("AFS cells", .upcalls)
struct AFSTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    private func request(_ name: String, _ callout: String = "srv=1") async -> Upcall {
        await Upcall.request("afsdb:" + name, callout: callout)
    }

    /// A list of one server with one IPv4 address.
    private func list(
        _ source: UInt8, priority: UInt8 = 0, weight: UInt8 = 0, port: UInt16 = 7003, _ name: String,
        _ address: Bytes
    ) -> Bytes {
        [0, 0, 1, source, 1, 1, UInt8(name.utf8.count), 0, priority, 0, weight, 0]
            + [UInt8(port & 255), UInt8(port >> 8), 5, 1, 1, 1] + name.utf8 + [0] + address
    }

    @Test("SRV records of a cluster name, as a binary list and as text")
    func services() async throws {
        let binary = await request(Scenario.cluster.name("afs.svc.cluster.local"))
        #expect(
            try binary.answer.get()
                == list(4, priority: 5, weight: 1, port: 7103, "vl.v4.svc.cluster.local", [10, 10, 0, 2]))
        #expect((25...30).contains(try #require(binary.key?.secondsLeft)))
        let text = await request(Scenario.cluster.name("afs.svc"), "srv=0")
        #expect(text.outcome == "10.10.0.2+7103")
    }

    @Test(
        "AFSDB records if there is no usable SRV record",
        arguments: ["afsdb.svc.cluster.local", "noafs.svc.cluster.local"])
    func afsdb(domain: String) async throws {
        let binary = await request(Scenario.cluster.name(domain))
        #expect(try binary.answer.get() == list(3, "vl.v4.svc.cluster.local", [10, 10, 0, 2]))
        #expect(await request(Scenario.cluster.name(domain), "").outcome == "10.10.0.2")
    }

    @Test("Forty servers, more than fit in a datagram", arguments: ["afs40.svc", "afsdb40.svc"])
    func forty(domain: String) async throws {
        let payload = try await request(Scenario.cluster.name(domain)).answer.get()
        #expect(payload[5] == 40)
        #expect(payload.count > 40 * 40)
    }

    @Test("Both families, or one")
    func families() async {
        let name = { Scenario.cluster.name("afsdual.svc") }
        #expect(Set(await request(name(), "").addresses) == ["10.10.0.3", "[fd10::3]"])
        #expect(await request(name(), "ipv6").outcome == "[fd10::3]")
    }

    @Test("The host's DNS is asked for the host's names")
    func hostCell() async throws {
        #expect(await request(Scenario.cluster.name("cell.example"), "").outcome == "10.61.0.1")
    }

    struct Failure: CustomTestStringConvertible {
        let scenario: Scenario
        let domain: String
        let status: UInt8
        let errno: Int32
        var testDescription: String { "\(scenario) \(domain)" }
    }

    @Test(
        "A failure is a status in an empty list, or an errno",
        arguments: [
            Failure(scenario: .cluster, domain: "none.svc", status: 4, errno: ENODATA),
            Failure(scenario: .cluster, domain: "textonly.svc", status: 4, errno: ENODATA),
            Failure(scenario: .cluster, domain: "broken.svc", status: 6, errno: EAGAIN),
            Failure(scenario: .refused, domain: "afs.svc", status: 6, errno: ECONNREFUSED),
            Failure(scenario: .refusing, domain: "afs.svc", status: 7, errno: ECONNREFUSED),
            Failure(scenario: .silent, domain: "afs.svc", status: 6, errno: EAGAIN),
        ])
    func failures(failure: Failure) async throws {
        let name = failure.scenario.name(failure.domain)
        let binary = await request(name)
        #expect(try binary.answer.get() == [0, 0, 1, 0, failure.status, 0])
        #expect(try #require(binary.key?.secondsLeft) <= 5)
        #expect(try await host.log.datagrams(containing: "afsdb:\(name)").count == 1)
        #expect(await request(failure.scenario.name(failure.domain), "").errno?.code == failure.errno)
    }

    @Test("A cell in a file of the host needs no DNS")
    func configured() async throws {
        var privateHost = PrivateHost()
        privateHost.changes = """
            mkdir -p /etc/kafs /etc/openafs
            printf '[cells]\\ncell.k = {\\nservers = {\\nk.example = {\\naddress = 10.9.0.1:7009\\n}\\n}\\n}\\n' \
            >/etc/kafs/client.conf
            printf '>cell.o\\n10.9.0.2 #o.example\\n' >/etc/openafs/CellServDB
            """
        privateHost.scenario = .silent
        let kafs = try await privateHost.debug("afsdb:cell.k")
        #expect(kafs.status == 0)
        #expect(kafs.output.contains("10.9.0.1+7009\\0"))
        #expect(try await privateHost.debug("afsdb:cell.o").output.contains("10.9.0.2\\0"))
    }

    @Test("Below another root, the cell files there are used")
    func anotherRoot() async throws {
        var privateHost = PrivateHost()
        privateHost.changes = """
            mkdir -p /mnt/root/etc/openafs /etc/openafs
            printf '>cell.r\\n10.9.0.3 #r.example\\n' >/mnt/root/etc/openafs/CellServDB
            printf '>cell.r\\n10.9.0.4 #r.example\\n' >/etc/openafs/CellServDB
            """
        let command = try await privateHost.run([host.program, "--debug", "--root", "/mnt/root", "afsdb:cell.r"])
        #expect(command.output.contains("10.9.0.3\\0"))
    }
}
