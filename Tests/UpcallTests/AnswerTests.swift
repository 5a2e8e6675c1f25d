import Testing

/// What the kernel stores for names that exist.
@Suite("Answers", .upcalls)
struct AnswerTests {
    init() async throws { _ = try await TestHost.shared() }

    @Test(
        "The answer to a name is its address",
        arguments: [
            ("v4.svc.cluster.local", "10.10.0.2"), ("v6.svc.cluster.local", "fd10::2"),
            ("dual.svc.cluster.local", "10.10.0.3"), ("alias.svc.cluster.local", "10.10.0.2"),
            ("notservice.cluster.local", "10.10.0.6"),
        ])
    func oneAddress(domain: String, address: String) async {
        let upcall = await Upcall.request(Scenario.cluster.name(domain))
        #expect(upcall.outcome == address)
    }

    @Test(
        "Query types and callout words select the family",
        arguments: [
            ("a:", "", "10.10.0.3"), ("aaaa:", "", "fd10::3"), ("", "ipv4", "10.10.0.3"), ("", "ipv6", "fd10::3"),
            ("aaaa:", "ipv4", "fd10::3"), ("", "ipv4 ipv6", "10.10.0.3"), ("aaaa:", "list", "fd10::3"),
        ])
    func family(queryType: String, callout: String, address: String) async {
        let upcall = await Upcall.request(
            queryType + Scenario.cluster.name("dual.svc.cluster.local"), callout: callout)
        #expect(upcall.outcome == address)
    }

    @Test("With an empty callout, the answer is one address, always the same, whatever the server's order")
    func oneOfSeveral() async {
        let upcalls = await Upcall.requests((0..<8).map { _ in Scenario.cluster.name("two.svc.cluster.local") })
        #expect(upcalls.map(\.outcome) == Array(repeating: "10.10.0.4", count: 8))
    }

    @Test("The node's own address is preferred")
    func nearest() async {
        #expect(await Upcall.request(Scenario.cluster.name("near.svc.cluster.local")).outcome == "127.0.0.1")
    }

    @Test("A list has both families")
    func listOfBothFamilies() async throws {
        let upcall = await Upcall.request(Scenario.cluster.name("dual.svc.cluster.local"), callout: "list")
        #expect(upcall.addresses.sorted() == ["10.10.0.3", "fd10::3"])
    }

    // 512 bytes hold 28 IPv4 addresses, the 1,232 bytes of a datagram with EDNS about 73: more need TCP.
    @Test(
        "A list has all addresses, each once",
        arguments: [
            ("two.svc.cluster.local", 2), ("some.svc.cluster.local", Zones.someAddresses),
            ("many.svc.cluster.local", Zones.manyAddresses), ("many6.svc.cluster.local", Zones.manyAddresses),
            ("most.svc.cluster.local", Zones.mostAddresses),
        ])
    func wholeList(domain: String, count: Int) async throws {
        let upcall = await Upcall.request(Scenario.cluster.name(domain), callout: "list")
        let addresses = upcall.addresses
        #expect(addresses.count == count)
        #expect(Set(addresses).count == count)
        #expect(addresses.allSatisfy { $0.hasPrefix("10.1") || $0.hasPrefix("fd12::") })
    }

    @Test("An address is not lost if its TTL is hard to get")
    func ttlOutOfReach() async {
        let upcall = await Upcall.request(Scenario.truncated.name())
        #expect(upcall.outcome == "10.10.0.2")
    }

    @Test("With an empty callout, one of very many addresses is the answer")
    func oneOfMany() async throws {
        let upcall = await Upcall.request(Scenario.cluster.name("many.svc.cluster.local"))
        #expect(upcall.addresses.count == 1)
        #expect(upcall.outcome.hasPrefix("10.12.0."))
    }

    @Test("Sixteen names at once are all answered")
    func manyAtOnce() async {
        let upcalls = await Upcall.requests((0..<16).map { _ in Scenario.cluster.name() })
        #expect(upcalls.map(\.outcome) == Array(repeating: "10.10.0.2", count: 16))
    }

    @Test(
        "A key's lifetime is that of its records, but at most five seconds and never unlimited",
        arguments: [("v4", 5), ("ttl3", 3), ("ttl0", 1)])
    func lifetime(namespace: String, seconds: Int) async throws {
        try await expectLifetime(of: Scenario.cluster, "\(namespace).svc.cluster.local", seconds)
    }

    @Test("The config file sets the longest lifetime, and that of an address from elsewhere than DNS")
    func configuredLifetime() async throws {
        try await expectLifetime(of: .ownLifetimes, "v4.svc.cluster.local", 20)
        let hosts = await Upcall.request("upcall-ownlifetimes-hostsfile.example")
        #expect((30...40).contains(try #require(hosts.key?.secondsLeft)))
    }

    @Test("An ordinary user's request is answered")
    func ordinaryUser() async throws {
        let name = Scenario.cluster.name()
        let command = try await Command.run(
            [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "keyctl", "session", "-", "sh", "-c",
                "keyctl print $(keyctl request2 dns_resolver \(name) '')",
            ])
        #expect(command.output.contains("10.10.0.2"))
    }
}
