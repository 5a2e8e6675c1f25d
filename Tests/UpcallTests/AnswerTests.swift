import Testing

/// What the kernel stores for names that exist.
@Suite("Answers", .upcalls)
struct AnswerTests {
    init() throws { _ = try TestHost.shared() }

    @Test(
        "A name is answered with its address",
        arguments: [
            ("v4.svc.cluster.local", "10.10.0.2"), ("v6.svc.cluster.local", "fd10::2"),
            ("dual.svc.cluster.local", "10.10.0.3"), ("alias.svc.cluster.local", "10.10.0.2"),
            ("notservice.cluster.local", "10.10.0.6"),
        ])
    func oneAddress(domain: String, address: String) async {
        let upcall = await Upcall.request(Scenario.cluster.name(domain))
        #expect(upcall.text == address)
    }

    @Test(
        "Query types and the callout's words choose the family",
        arguments: [
            ("a:", "", "10.10.0.3"), ("aaaa:", "", "fd10::3"), ("", "ipv4", "10.10.0.3"), ("", "ipv6", "fd10::3"),
            ("aaaa:", "ipv4", "fd10::3"), ("", "ipv4 ipv6", "10.10.0.3"), ("aaaa:", "list", "fd10::3"),
        ])
    func family(queryType: String, callout: String, address: String) async {
        let upcall = await Upcall.request(
            queryType + Scenario.cluster.name("dual.svc.cluster.local"), callout: callout)
        #expect(upcall.text == address)
    }

    @Test("With an empty callout, one of several addresses is the answer")
    func oneOfSeveral() async {
        let upcall = await Upcall.request(Scenario.cluster.name("two.svc.cluster.local"))
        #expect(["10.10.0.4", "10.10.0.5"].contains(upcall.text))
    }

    @Test("A list has both families")
    func listOfBothFamilies() async throws {
        let upcall = await Upcall.request(Scenario.cluster.name("dual.svc.cluster.local"), callout: "list")
        #expect(try #require(upcall.addresses).sorted() == ["10.10.0.3", "fd10::3"])
    }

    // 512 bytes hold 28 IPv4 addresses, the 1,232 bytes of a datagram with EDNS about 73: more take TCP.
    @Test(
        "A list has all addresses, each once",
        arguments: [
            ("two.svc.cluster.local", 2), ("some.svc.cluster.local", Zones.someAddresses),
            ("many.svc.cluster.local", Zones.manyAddresses), ("many6.svc.cluster.local", Zones.manyAddresses),
            ("most.svc.cluster.local", Zones.mostAddresses),
        ])
    func wholeList(domain: String, count: Int) async throws {
        let upcall = await Upcall.request(Scenario.cluster.name(domain), callout: "list")
        let addresses = try #require(upcall.addresses, "\(upcall)")
        #expect(addresses.count == count)
        #expect(Set(addresses).count == count)
        #expect(addresses.allSatisfy { $0.hasPrefix("10.1") || $0.hasPrefix("fd12::") })
    }

    @Test("With an empty callout, one of very many addresses is the answer")
    func oneOfMany() async throws {
        let upcall = await Upcall.request(Scenario.cluster.name("many.svc.cluster.local"))
        #expect(try #require(upcall.addresses).count == 1)
        #expect(upcall.text?.hasPrefix("10.12.0.") == true)
    }

    @Test("Sixteen names at once are all answered")
    func manyAtOnce() async {
        await withTaskGroup { group in
            for _ in 0..<16 { group.addTask { await Upcall.request(Scenario.cluster.name()).text } }
            for await text in group { #expect(text == "10.10.0.2") }
        }
    }

    @Test("A key lives for at most max_ttl, five seconds where nothing is set")
    func lifetime() async throws {
        let usual = await Upcall.request(Scenario.cluster.name())
        #expect((4...5).contains(try #require(usual.key?.secondsLeft)))
        let short = await Upcall.request(Scenario.shortLifetime.name())
        #expect((1...2).contains(try #require(short.key?.secondsLeft)))
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
