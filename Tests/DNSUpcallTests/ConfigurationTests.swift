import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Configuration")
struct ConfigurationTests {
    private static func parse(_ content: String) -> (
        configuration: Configuration, problems: [Configuration.Problem]
    ) {
        Configuration.parse(Bytes(text: content))
    }

    @Test("An empty file leaves the defaults")
    func defaults() {
        let (configuration, problems) = Self.parse("")
        #expect(problems.isEmpty)
        #expect(configuration == Configuration())
        #expect(configuration.lifetimes.defaultTTL == 5)
        #expect(configuration.deadline == .seconds(5))
        #expect(configuration.isolation == .process)
        #expect(configuration.discovery == .init())
        for option in ConfigOption.allCases { #expect(configuration.line(of: option) == nil) }
    }

    @Test("Every option is set by its line")
    func everyOption() {
        let (configuration, problems) = Self.parse(
            """
            default_ttl = 60
            min_ttl=2
            max_ttl=30
            negative_ttl=3
            temporary_ttl=4
            deadline = "10"
            log_burst = 7
            isolation = namespace
            preferred_family = ipv6
            address_choice = resolver
            kubelet_config = '/etc/kubernetes/kubelet config.yaml'  # quoted for the blank
            cluster_dns = 10.96.0.10, fd00::a
            cluster_domain = K8s.Test.
            """)
        #expect(problems.isEmpty)
        #expect(configuration.lifetimes.defaultTTL == 60)
        #expect(configuration.lifetimes.minTTL == 2)
        #expect(configuration.lifetimes.maxTTL == 30)
        #expect(configuration.lifetimes.negativeTTL == 3)
        #expect(configuration.lifetimes.temporaryTTL == 4)
        #expect(configuration.deadline == .seconds(10))
        #expect(configuration.logBurst == 7)
        #expect(configuration.isolation == .namespace)
        #expect(configuration.choice.family == .ipv6)
        #expect(configuration.choice.order == .resolver)
        #expect(configuration.discovery.kubeletConfig == Bytes("/etc/kubernetes/kubelet config.yaml"))
        #expect(configuration.discovery.clusterDNS.map(\.text) == ["10.96.0.10", "fd00::a"])
        #expect(configuration.discovery.clusterDomain == Bytes("k8s.test"))
        for (index, option) in ConfigOption.allCases.enumerated() {
            #expect(configuration.line(of: option) == index + 1)
        }
    }

    @Test("The shown settings can be read again, with the same result")
    func roundTrip() {
        let (configuration, _) = Self.parse(
            "max_ttl=30\nisolation=namespace\npreferred_family=ipv6\ncluster_dns=fd00::a 10.0.0.1\ncluster_domain=a.b"
        )
        var content = ""
        for option in ConfigOption.allCases where !configuration.value(of: option).isEmpty {
            content += "\(option.name) = \(configuration.value(of: option))\n"
        }
        let again = Self.parse(content)
        #expect(again.problems.isEmpty)
        #expect(again.configuration.lifetimes == configuration.lifetimes)
        #expect(again.configuration.isolation == configuration.isolation)
        #expect(again.configuration.choice == configuration.choice)
        #expect(again.configuration.discovery == configuration.discovery)
    }

    @Test(
        "An invalid value is reported, and leaves the default",
        arguments: [
            "default_ttl=0", "default_ttl=2147483648", "default_ttl=-1", "default_ttl=5s", "default_ttl=",
            "default_ttl", "default_ttl=1\0", "default_ttl=99999999999999999999", "min_ttl=0", "min_ttl=86401",
            "max_ttl=0", "max_ttl=86401", "negative_ttl=0", "negative_ttl=11", "temporary_ttl=0",
            "temporary_ttl=11", "deadline=0", "deadline=61", "isolation=none", "isolation=Namespace",
            "preferred_family=ipv5", "address_choice=random", "kubelet_config=config.yaml", "kubelet_config=",
            "cluster_dns=", "cluster_dns=,", "cluster_dns=10.0.0.1,x", "cluster_dns='10.0.0.1#53'",
            "cluster_dns=::1%1", "cluster_domain=", "cluster_domain=.", "cluster_domain=a..b",
            "cluster_domain='a b'", "cluster_domain=a\0", "no_such_option=1", "DEFAULT_TTL=1", "default_ttl x=1",
        ])
    func refused(line: String) {
        let (configuration, problems) = Self.parse("# comment\n\(line)\n")
        #expect(problems.map(\.line) == [2])
        #expect(configuration == Configuration())
    }

    @Test(
        "The bounds of numbers are allowed themselves",
        arguments: [
            "default_ttl=1", "default_ttl=2147483647", "min_ttl=86400", "max_ttl=86400", "negative_ttl=10",
            "temporary_ttl=10", "deadline=60",
        ])
    func bounds(line: String) {
        #expect(Self.parse(line).problems.isEmpty)
    }

    @Test("The last valid line of several applies")
    func lastLine() {
        let (configuration, problems) = Self.parse("deadline=1\ndeadline=2\ndeadline=x")
        #expect(configuration.deadline == .seconds(2))
        #expect(configuration.line(of: .deadline) == 2)
        #expect(problems.map(\.line) == [3])
    }

    @Test("An option of earlier versions is reported, but is not an error")
    func removed() {
        let (configuration, problems) = Self.parse("max_ttl=3\nserve_stale=3600\n")
        #expect(problems.map(\.line) == [2])
        #expect(problems.map(\.isMistake) == [false])
        #expect(configuration.lifetimes.maxTTL == 3)
    }

    @Test("Only the first three servers are used, as in resolv.conf(5)")
    func servers() {
        #expect(
            Self.parse("cluster_dns=1.0.0.1 1.0.0.2\t1.0.0.3,1.0.0.4").configuration.discovery.clusterDNS.count == 3
        )
    }

    @Test("A quotation in a problem is escaped and cut off")
    func quoting() throws {
        let problem = try #require(Self.parse("\u{1B}[2J\(String(repeating: "x", count: 99))=1").problems.first)
        #expect(problem.reason.hasPrefix("\\x1b[2Jxxxx"))
        #expect(problem.reason.utf8.count < 100)
    }

    @Test("A missing file is a problem only if it was named")
    func missing() {
        let path = Bytes("/nonexistent/resolver.conf")
        #expect(Configuration.load(path, isOptional: true).problems.isEmpty)
        let problems = Configuration.load(path, isOptional: false).problems
        #expect(problems.map(\.line) == [nil])
        #expect(problems.map(\.reason) == ["No such file or directory"])
    }

    @Test("A file that is not a regular file is not read", arguments: ["/tmp", "/dev/zero"])
    func notRegular(path: String) {
        let (configuration, problems) = Configuration.load(Bytes(text: path), isOptional: true)
        #expect(configuration == Configuration())
        #expect(problems.map(\.line) == [nil])
    }
}
