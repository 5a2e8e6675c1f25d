import CLinux
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

private let cell = "cell.example.org"
private let service = "_afs3-vlserver._udp.cell.example.org"

@Suite struct VLServerSearchTests {
    private let questions = FakeCellQuestions()

    private func find(
        _ families: AddressFamilies = .both, configured: AFSCell? = nil
    ) throws(LookupProblem) -> VLServerList {
        var search = VLServerSearch(questions: questions, families: families)
        return try search.servers(of: HostName(cell), configured: configured)
    }

    private func addServices(_ services: [(UInt16, UInt16, UInt16, String)], ttl: UInt32 = 60) {
        var response = ResponseBuilder(service, .srv)
        for (priority, weight, port, target) in services {
            response.service(service, priority, weight, port, target, ttl: ttl)
        }
        questions.add(response)
    }

    private func addAFSDB(_ hosts: [(UInt16, String)], ttl: UInt32 = 60) {
        var response = ResponseBuilder(cell, .afsdb)
        for (subtype, host) in hosts { response.afsDatabase(cell, subtype, host, ttl: ttl) }
        questions.add(response)
    }

    private func names(_ list: VLServerList) -> [String] {
        list.servers.map { String(decoding: $0.name, as: UTF8.self) }
    }

    private func addresses(_ list: VLServerList) -> [[String]] { list.servers.map { $0.addresses.map(\.text) } }

    @Test func servicesComeBeforeAFSDB() throws {
        addServices([(5, 1, 7103, "vl1")], ttl: 120)
        addAFSDB([(1, "vl2")])
        questions.hosts["vl1"] = .success(["10.0.0.1", "fd00::1"])
        let list = try find()
        #expect(
            list
                == VLServerList(
                    source: .srv, status: .good,
                    servers: [
                        .init(
                            name: Bytes("vl1"), priority: 5, weight: 1, port: 7103, source: .nss, status: .good,
                            addresses: [IPAddress(Bytes("10.0.0.1"))!, IPAddress(Bytes("fd00::1"))!])
                    ], lifetime: 120))
        #expect(questions.asked == ["33 \(service)", "vl1"])
    }

    @Test func servicesAreOrderedByPriorityThenWeightThenName() throws {
        addServices([(10, 1, 1, "c"), (20, 9, 1, "d"), (10, 5, 1, "b"), (10, 5, 1, "a"), (0, 0, 1, "e")])
        for name in ["a", "b", "c", "d", "e"] { questions.hosts[name] = .success(["10.0.0.1"]) }
        #expect(names(try find()) == ["e", "a", "b", "c", "d"])
    }

    @Test func aServerGivenTwiceIsOneServer() throws {
        addServices([(2, 0, 7003, "a"), (1, 0, 7003, "a"), (1, 0, 7004, "a")])
        questions.hosts["a"] = .success(["10.0.0.1"])
        #expect(try find().servers.map { [$0.priority, $0.port] } == [[1, 7003], [1, 7004]])
    }

    @Test func portZeroMeansTheDefault() throws {
        addServices([(0, 0, 0, "a")])
        questions.hosts["a"] = .success(["10.0.0.1"])
        #expect(try find().servers.map(\.port) == [7003])
    }

    @Test func fortyServicesAndFortyAFSDBRecords() throws {
        let hosts = (0..<40).map { "vl\($0)" }
        for host in hosts { questions.hosts[host] = .success(["10.0.0.1"]) }
        addServices(hosts.map { (0, 0, 7003, $0) })
        #expect(Set(names(try find())) == Set(hosts))
        questions.fail(service, .srv, .noSuchName)
        addAFSDB(hosts.map { (1, $0) })
        #expect(Set(names(try find())) == Set(hosts))
    }

    @Test func noMoreServersThanTheFormatHas() throws {
        addServices((0..<300).map { (0, UInt16($0), 7003, "vl\($0)") })
        for index in 0..<300 { questions.hosts["vl\(index)"] = .success(["10.0.0.1"]) }
        let list = try find()
        #expect(list.servers.count == 255)
        #expect(list.servers.last?.weight == 45)
        #expect(questions.asked.count == 256)
    }

    @Test func onlySubtypeOneIsAnAFSServer() throws {
        addAFSDB([(2, "dce"), (1, "vl1"), (3, "other")], ttl: 90)
        questions.hosts = ["dce": .success(["10.0.0.9"]), "vl1": .success(["10.0.0.1"])]
        let list = try find()
        #expect(names(list) == ["vl1"])
        #expect(list.source == .afsdb)
        #expect(list.servers[0].port == 7003)
        #expect(list.lifetime == 90)
    }

    @Test(arguments: [[(0, 0, 0, ".")], [(0, 0, 7003, "gone")]] as [[(UInt16, UInt16, UInt16, String)]])
    func unusableServicesGiveWayToAFSDB(services: [(UInt16, UInt16, UInt16, String)]) throws {
        addServices(services)
        addAFSDB([(1, "vl2")])
        questions.hosts["vl2"] = .success(["10.0.0.2"])
        let list = try find()
        #expect(list.source == .afsdb)
        #expect(addresses(list) == [["10.0.0.2"]])
    }

    @Test func aServerWithoutAddressesStaysBesideOneWithThem() throws {
        addServices([(0, 0, 7003, "a"), (1, 0, 7003, "b")])
        questions.hosts = ["a": .failure(.noData), "b": .success(["10.0.0.2"])]
        let list = try find()
        #expect(list.servers.map(\.status) == [.notFound, .good])
        #expect(addresses(list) == [[], ["10.0.0.2"]])
    }

    @Test func aliasesOfTheServiceAreFollowed() throws {
        var response = ResponseBuilder(service, .srv)
        response.alias(service, to: "_afs.elsewhere", ttl: 7)
        response.service("_afs.elsewhere", 0, 0, 7003, "a", ttl: 100)
        response.service("_unrelated", 0, 0, 7003, "b", ttl: 1)
        questions.add(response)
        questions.hosts = ["a": .success(["10.0.0.1"]), "b": .success(["10.0.0.2"])]
        let list = try find()
        #expect(names(list) == ["a"])
        #expect(list.lifetime == 7)
    }

    @Test func theShortestLifetimeCounts() throws {
        addServices([(0, 0, 7003, "a"), (0, 0, 7003, "b")], ttl: 50)
        questions.hosts = ["a": .success(["10.0.0.1"]), "b": .success(["10.0.0.2"])]
        questions.ttls = ["a": 60, "b": 0]
        #expect(try find().lifetime == 0)
    }

    @Test func damagedRecordsAreToldOf() throws {
        var response = ResponseBuilder(service, .srv)
        response.service(service, 0, 0, 7003, "a")
        response.answer(service, .srv, [0])
        questions.add(response)
        questions.hosts["a"] = .success(["10.0.0.1"])
        #expect(try find().status == .goodWithBad)
    }

    @Test func nothingButDamageIsUndecodable() {
        var response = ResponseBuilder(service, .srv)
        response.answer(service, .srv, [0])
        questions.add(response)
        #expect(throws: LookupProblem.system(Errno(EBADMSG))) { try find() }
    }

    @Test func targetsThatAreNoHostNamesAreDamage() throws {
        var response = ResponseBuilder(service, .srv)
        response.answer(service, .srv, [0, 0, 0, 0, 0, 1, 3, 97, 10, 98, 0])
        response.service(service, 1, 0, 7003, "a")
        questions.add(response)
        questions.hosts["a"] = .success(["10.0.0.1"])
        let list = try find()
        #expect(names(list) == ["a"])
        #expect(list.status == .goodWithBad)
    }

    @Test(arguments: [
        (LookupProblem.noSuchName, LookupProblem.noSuchName, LookupProblem.noSuchName),
        (.noSuchName, .temporary, .temporary), (.temporary, .noSuchName, .temporary),
        (.noSuchName, .refused, .refused), (.noServerReachable, .noServerReachable, .noServerReachable),
    ])
    func absenceIsOnlyBelievedOfAllSources(srv: LookupProblem, afsdb: LookupProblem, verdict: LookupProblem) {
        questions.fail(service, .srv, srv)
        questions.fail(cell, .afsdb, afsdb)
        #expect(throws: verdict) { try find() }
        #expect(questions.asked.count == 2)
    }

    @Test func serversWhoseAddressesAreNotToBeHadForNowAreATemporaryFailure() {
        addServices([(0, 0, 7003, "a"), (0, 0, 7003, "b")])
        questions.hosts = ["a": .failure(.noSuchName), "b": .failure(.temporary)]
        #expect(throws: LookupProblem.temporary) { try find() }
    }

    @Test func noQuestionIsAskedWhenTheTimeIsUp() {
        questions.questionsLeft = 1
        addAFSDB([(1, "a")])
        #expect(throws: LookupProblem.temporary) { try find() }
        #expect(questions.asked == ["33 \(service)"])
    }

    @Test func aCellNameWithoutRoomForTheServiceIsAskedForAFSDB() throws {
        let long = [String](repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".")
        var response = ResponseBuilder(long, .afsdb)
        response.afsDatabase(long, 1, "a")
        questions.add(response)
        questions.hosts["a"] = .success(["10.0.0.1"])
        var search = VLServerSearch(questions: questions, families: .both)
        #expect(try search.servers(of: HostName(long), configured: nil).source == .afsdb)
    }

    @Test func wantedFamiliesOnly() throws {
        addServices([(0, 0, 7003, "a")])
        questions.hosts["a"] = .success(["10.0.0.1", "fd00::1"])
        #expect(addresses(try find(.ipv4)) == [["10.0.0.1"]])
        #expect(addresses(try find(.ipv6)) == [["fd00::1"]])
    }
}

/// The addresses that DNS sends along, which replace failed lookups.
@Suite struct SentAlongTests {
    private let questions = FakeCellQuestions()

    private func find(_ families: AddressFamilies = .both) throws -> VLServerList {
        var response = ResponseBuilder(service, .srv)
        response.service(service, 0, 0, 7003, "a")
        response.service(service, 1, 0, 7003, "b")
        response.address("a", "10.0.0.1", ttl: 9, isAdditional: true)
        response.address("b", "10.0.0.2", ttl: 8, isAdditional: true)
        response.address("b", "fd00::2", ttl: 7, isAdditional: true)
        questions.add(response)
        var search = VLServerSearch(questions: questions, families: families)
        return try search.servers(of: HostName(cell), configured: nil)
    }

    @Test func nameServicesComeFirst() throws {
        questions.hosts = ["a": .success(["10.9.9.1"]), "b": .success(["10.9.9.2"])]
        #expect(try find().servers.map { $0.addresses.map(\.text) } == [["10.9.9.1"], ["10.9.9.2"]])
    }

    @Test func theyStandInForASilentServerWhichIsNotAskedAgain() throws {
        questions.hosts = ["a": .failure(.temporary), "b": .failure(.temporary)]
        let list = try find()
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.0.0.1"], ["10.0.0.2", "fd00::2"]])
        #expect(list.servers.map(\.source) == [.srv, .srv])
        #expect(list.servers.map(\.status) == [.good, .good])
        #expect(list.lifetime == 7)
        #expect(questions.asked == ["33 \(service)", "a"])
    }

    @Test func ofTheWantedFamily() throws {
        questions.questionsLeft = 1
        #expect(try find(.ipv6).servers.map { $0.addresses.map(\.text) } == [[], ["fd00::2"]])
    }
}

@Suite struct ConfiguredCellTests {
    private let questions = FakeCellQuestions()

    private func find(
        useDNS: Bool?, servers: [String: [String]]
    ) throws -> VLServerList {
        var configured = AFSCell(useDNS: useDNS)
        for (name, addresses) in servers.sorted(by: { $0.key < $1.key }) {
            configured.add(addresses.map { IPAddress(Bytes(text: $0))! }, to: Bytes(text: name), port: 7003)
        }
        var search = VLServerSearch(questions: questions, families: .both)
        return try search.servers(of: HostName(cell), configured: configured)
    }

    private func addService() {
        var response = ResponseBuilder(service, .srv)
        response.service(service, 0, 0, 7010, "a")
        questions.add(response)
    }

    @Test func withoutDNSTheConfiguredAddressesStand() throws {
        addService()
        questions.hosts["a"] = .success(["10.9.9.9"])
        let list = try find(useDNS: nil, servers: ["a": ["10.0.0.1"]])
        #expect(list.source == .configuration)
        #expect(list.status == .good)
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.0.0.1"]])
        #expect(list.servers.map(\.source) == [.configuration])
        #expect(list.lifetime == nil)
        #expect(questions.asked.isEmpty)
    }

    @Test func aConfiguredServerWithoutAddressesIsLookedUp() throws {
        questions.hosts["a"] = .success(["10.9.9.9"])
        let list = try find(useDNS: false, servers: ["a": [], "b": ["10.0.0.2"]])
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.9.9.9"], ["10.0.0.2"]])
        #expect(list.servers.map(\.source) == [.nss, .configuration])
    }

    @Test func whereDNSCountsItComesFirst() throws {
        addService()
        questions.hosts["a"] = .success(["10.9.9.9"])
        let list = try find(useDNS: true, servers: ["a": ["10.0.0.1"], "b": ["10.0.0.2"]])
        #expect(list.source == .srv)
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.9.9.9"]])
    }

    @Test func theConfiguredServersStandInForDNS() throws {
        questions.fail(service, .srv, .temporary)
        questions.questionsLeft = 1
        let list = try find(useDNS: true, servers: ["a": ["10.0.0.1"], "b": ["10.0.0.2"]])
        #expect(list.source == .configuration)
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.0.0.1"], ["10.0.0.2"]])
        #expect(questions.asked.count == 1)
    }

    @Test func aServerFromDNSBorrowsConfiguredAddresses() throws {
        addService()
        let list = try find(useDNS: true, servers: ["a": ["10.0.0.1"]])
        #expect(list.source == .srv)
        #expect(list.servers.map(\.port) == [7010])
        #expect(list.servers.map(\.source) == [.configuration])
        #expect(list.servers.map { $0.addresses.map(\.text) } == [["10.0.0.1"]])
    }

    @Test func aCellConfiguredWithoutServersIsAskedOfDNSUnlessThatIsForbidden() throws {
        addService()
        questions.hosts["a"] = .success(["10.9.9.9"])
        #expect(try find(useDNS: nil, servers: [:]).source == .srv)
        #expect(throws: LookupProblem.noSuchName) { try find(useDNS: false, servers: [:]) }
    }
}
