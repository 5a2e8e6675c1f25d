import Glibc
import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct RuleTests {
    @Test(arguments: [
        ("flags-beat-drop-ins", ["10.0.0.3", "10.0.0.4"], "two.example"),
        ("drop-ins-in-byte-order", ["10.0.0.4"], "b.example"),
        ("drop-in-directory-alone", ["10.0.0.2"], "cluster.local"),
        ("drop-in-null-leaves-the-main-file", ["10.0.0.1"], "cluster.local"),
        ("drop-in-key-in-capitals", ["10.0.0.2"], "cluster.local"),
        ("drop-in-directory-is-a-link", ["10.0.0.1"], "cluster.local"),
        ("drop-in-directory-is-a-link-with-slash", ["10.0.0.2"], "cluster.local"),
        ("drop-in-is-a-link", ["10.0.0.2"], "cluster.local"),
        ("relative-paths", ["10.0.0.1"], "rel.example"),
        ("working-directory-is-no-link", ["10.0.0.1"], "cluster.local"),
        ("absolute-links-stay-inside", ["10.0.0.1"], "cluster.local"),
        ("links-upwards-stay-inside", ["10.0.0.1"], "cluster.local"),
        ("kubeconfig-at-a-well-known-path", ["10.0.0.1"], "cluster.local"),
        ("refused-config-and-sandboxes", ["10.0.0.1"], "cluster.local"),
        ("forged-sandbox", ["10.0.0.1"], "cluster.local"),
        ("invalid-addresses", ["10.0.0.2", "10.0.0.3", "fd00::a"], "cluster.local"),
        ("flag-with-blank", ["10.0.0.1"], "cluster.local"),
        ("flag-with-underscores", ["10.0.0.1"], "flag.example"),
        ("domain-with-dots", ["10.0.0.1"], "cluster.example"),
        ("no-domain", ["10.0.0.1"], "cluster.local"),
        ("forged-beside-real", ["10.0.0.1"], "cluster.local"),
        ("kubelet-version", ["10.0.0.1"], "cluster.local"),
        ("cgroup-v1", ["10.0.0.1"], "cluster.local"),
        ("long-command-line", ["10.0.0.1"], "cluster.local"),
    ])
    func applies(rule: String, servers: [String], domain: String) {
        let found = Fixture("rules/\(rule)").discover()
        #expect(found.serverTexts == servers)
        #expect(found.domainText == domain)
    }

    @Test(arguments: [
        ("drop-in-empties-the-list", "the kubelet, process 812, has no clusterDNS"),
        ("drop-in-null-undoes-a-drop-in", "the kubelet, process 812, has no clusterDNS"),
        ("drop-in-without-kind", "/etc/kubelet.d/a.conf: it has no kind"),
        ("drop-in-without-version", "/etc/kubelet.d/a.conf: it has no apiVersion"),
        ("drop-in-empty", "/etc/kubelet.d/a.conf: it is empty"),
        ("drop-in-only-a-comment", "/etc/kubelet.d/a.conf: it is empty"),
        ("drop-in-with-duplicate-key", "/etc/kubelet.d/a.conf: duplicate key a"),
        ("drop-in-with-json-duplicate", "/etc/kubelet.d/a.conf: duplicate key maxPods"),
        ("drop-in-with-a-scalar", "/etc/kubelet.d/a.conf: clusterDNS must be a list"),
        ("drop-in-with-number-as-domain", "/etc/kubelet.d/a.conf: clusterDomain must be a string"),
        ("drop-in-directory-missing", "/etc/kubelet.d: \(Errno(ENOENT).text)"),
        ("link-loop", "/var/lib/kubelet/config.yaml: \(Errno(ELOOP).text)"),
        ("config-is-a-directory", "/var/lib/kubelet/config.yaml: \(FileProblem.isDirectory.text)"),
        ("config-is-missing", "/var/lib/kubelet/config.yaml: \(Errno(ENOENT).text)"),
        ("config-is-a-kubeconfig", "/etc/kubernetes/kubelet.conf: its kind is Config, not KubeletConfiguration"),
        ("only-invalid-addresses", "the kubelet, process 812, has no valid address in its clusterDNS"),
        ("flag-empties-the-list", "the kubelet, process 812, has no clusterDNS"),
        ("hostile-domain", "the kubelet, process 812, has an invalid clusterDomain"),
        ("running-without-dns", "the kubelet, process 812, has no clusterDNS"),
    ])
    func saysWhyThereIsNone(rule: String, problem: String) {
        let found = Fixture("rules/\(rule)").discover()
        #expect(found.servers.isEmpty)
        #expect(found.problem?.hasPrefix(problem) == true)
    }

    @Test(arguments: [
        "no-kubernetes", "process-of-another-user", "process-in-a-container", "process-of-a-pod",
        "process-of-a-pod-cgroupfs", "sandboxes-disagree",
    ])
    func findsNothing(rule: String) {
        let found = Fixture("rules/\(rule)").discover()
        #expect(found.servers.isEmpty)
        #expect(found.domainText == "cluster.local")
        #expect(found.sources.isEmpty)
        #expect(found.problem == nil)
    }

    @Test func keepsTheReasonWhenThePodsAnswer() {
        let found = Fixture("rules/refused-config-and-sandboxes").discover()
        #expect(found.problem == "/var/lib/kubelet/config.yaml: clusterDNS must be a list of strings")
        #expect(found.sources.count == 1)
    }

    @Test func readsNothingWhereTheAdministratorSetEverything() throws {
        let server = try #require(IPAddress("192.0.2.1".utf8))
        let found = ClusterDNSDiscovery(
            overrides: .init(clusterDNS: [server], clusterDomain: Bytes("own.example")), root: Bytes("/nonexistent")
        ).discover()
        #expect(found.serverTexts == ["192.0.2.1"])
        #expect(found.domainText == "own.example")
        #expect(found.sources == ["cluster_dns", "cluster_domain"])
        #expect(found.problem == nil)
    }

    @Test func takesTheDomainFromTheKubeletForServersThatWereSet() throws {
        let server = try #require(IPAddress("192.0.2.1".utf8))
        let found = Fixture("talos").discover(.init(clusterDNS: [server]))
        #expect(found.serverTexts == ["192.0.2.1"])
        #expect(found.domainText == "talos.local")
    }

    @Test func takesTheServersFromTheKubeletForADomainThatWasSet() {
        let found = Fixture("rules/hostile-domain").discover(.init(clusterDomain: Bytes("own.example")))
        #expect(found.serverTexts == ["10.0.0.1"])
        #expect(found.domainText == "own.example")
    }

    @Test func readsOnlyTheFileThatWasNamed() {
        let named = ClusterDNSDiscovery.Overrides(kubeletConfig: Bytes("/opt/dns/real.yaml"))
        #expect(Fixture("rules/absolute-links-stay-inside").discover(named).serverTexts == ["10.0.0.1"])
        let missing = Fixture("kubeadm-running").discover(named)
        #expect(missing.servers.isEmpty)
        #expect(missing.problem == "/opt/dns/real.yaml: \(Errno(ENOENT).text)")
    }

    @Test func saysThatTheRootIsMissing() {
        #expect(Fixture("nonexistent").discover().problem?.hasSuffix("/nonexistent: \(Errno(ENOENT).text)") == true)
    }
}
