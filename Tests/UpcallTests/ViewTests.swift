import Testing

/// Which names are the cluster's, and which DNS is asked for the others.
@Suite("Views", .upcalls)
struct ViewTests {
    init() async throws { _ = try await TestHost.shared() }

    @Test(
        "The cluster is asked for its names in every spelling",
        arguments: [
            "v4.svc.cluster.local", "v4.svc.cluster.local.", "v4.SVC.Cluster.LOCAL", "v4.svc", "v4.svc.", "v4.Svc",
        ])
    func clusterName(domain: String) async {
        let upcall = await Upcall.request(Scenario.cluster.name(domain))
        #expect(upcall.outcome == "10.10.0.2")
    }

    @Test("The cluster is asked for a name in capitals")
    func capitals() async {
        let upcall = await Upcall.request(Scenario.cluster.name().uppercased())
        #expect(upcall.outcome == "10.10.0.2")
    }

    @Test(
        "Other names are resolved as on the host",
        arguments: [
            ("host.example", "10.61.0.1"), ("host.example.", "10.61.0.1"), ("both.example", "10.61.0.2"),
            ("dual.example", "10.61.0.4"), ("notsvc.cluster.local.host.example", "10.61.0.1"),
        ])
    func hostName(domain: String, address: String) async {
        let upcall = await Upcall.request(Scenario.cluster.name(domain))
        #expect(upcall.outcome == address)
    }

    @Test("The host's search list completes a short name")
    func hostSearch() async {
        #expect(await Upcall.request("upcall-cluster-short").outcome == "10.61.0.3")
    }

    @Test(
        "If the host does not find a name, the cluster is asked",
        arguments: [("stub.example", "10.60.0.1"), ("v4", "10.10.0.2"), ("textonly.example", "10.60.0.3")])
    func fallback(domain: String, address: String) async {
        let upcall = await Upcall.request(Scenario.cluster.name(domain))
        #expect(upcall.outcome == address)
    }

    @Test(
        "/etc/hosts applies to all names",
        arguments: [
            ("upcall-cluster-hostsfile.v4.svc.cluster.local", "10.70.0.1"),
            ("upcall-cluster-hostsfile.example", "10.70.0.2"),
            ("upcall-cluster-hostsfile6.v4.svc.cluster.local", "fd70::3"),
        ])
    func hostsFile(name: String, address: String) async {
        #expect(await Upcall.request(name).outcome == address)
    }

    @Test("Without a kubelet, all names are resolved as on the host")
    func noKubelet() async {
        #expect(await Upcall.request(Scenario.noKubelet.name("host.example")).outcome == "10.61.0.1")
        #expect(await Upcall.request("upcall-nokubelet-known.v4.svc.cluster.local").outcome == "10.61.0.5")
    }

    @Test("A missing kubelet configuration file does not affect the host's names")
    func missingKubeletConfiguration() async {
        #expect(await Upcall.request(Scenario.missingKubeletConfig.name("host.example")).outcome == "10.61.0.1")
    }

    @Test("The cluster's domain is the kubelet's", arguments: ["v4.svc.k8s.test", "v4.svc"])
    func otherDomain(domain: String) async {
        #expect(await Upcall.request(Scenario.otherDomain.name(domain)).outcome == "10.10.0.2")
    }

    @Test("Servers and domain of the config file replace the kubelet's", arguments: ["v4.svc.k8s.test", "v4.svc"])
    func overridden(domain: String) async {
        #expect(await Upcall.request(Scenario.overridden.name(domain)).outcome == "10.10.0.2")
    }

    @Test("In a mount namespace the answers are the same")
    func inNamespace() async {
        #expect(await Upcall.request(Scenario.inNamespace.name()).outcome == "10.10.0.2")
        #expect(await Upcall.request(Scenario.inNamespace.name("v4.svc")).outcome == "10.10.0.2")
        #expect(await Upcall.request(Scenario.inNamespace.name("host.example")).outcome == "10.61.0.1")
        #expect(await Upcall.request(Scenario.inNamespace.name("stub.example")).outcome == "10.60.0.1")
    }
}
