import CLinux
import DNS
import DNSUpcall
import Foundation
import KubeletDiscovery
import Testing

@testable import Diagnosis
@testable import LinuxSystem

@Suite("The kernel")
struct KernelCheckTests {
    private static let release = "6.1.0-30-amd64"
    private static let dependencies = """
        kernel/net/dns_resolver/dns_resolver.ko:
        kernel/fs/smb/client/cifs.ko.xz: kernel/net/dns_resolver/dns_resolver.ko.xz kernel/crypto/md4.ko.xz
        kernel/fs/nfs/nfsv4.ko: kernel/fs/nfs/nfs.ko kernel/net/dns_resolver/dns_resolver.ko
        kernel/net/ceph/libceph.ko: kernel/lib/libcrc32c.ko
        kernel/fs/afs/kafs.ko: kernel/net/dns_resolver/dns_resolver.ko

        """

    private func check(_ dependencies: String, builtIn: String = "", configuration: String? = nil) throws
        -> [Finding]
    {
        let tree = try Tree()
        try tree.write(dependencies, to: "/lib/modules/\(Self.release)/modules.dep")
        try tree.write(builtIn, to: "/lib/modules/\(Self.release)/modules.builtin")
        if let configuration { try tree.write(configuration, to: "/boot/config-\(Self.release)") }
        return try tree.withHost { KernelCheck.run($0) }
    }

    @Test("Modules, of which one is built without the key type, as in Debian")
    func modules() throws {
        let findings = try check(Self.dependencies)
        expect(findings, .good, .kernel, "module")
        expect(findings, .good, .fileSystems, "CIFS, NFS, AFS can", "Ceph is not")
    }

    @Test("If everything is built in, the kernel's configuration says what asks")
    func builtIn() throws {
        let builtIn =
            "kernel/net/dns_resolver/dns_resolver.ko\nkernel/fs/nfs/nfsv4.ko\nkernel/net/ceph/libceph.ko\n"
        let configuration = "CONFIG_NFS_USE_KERNEL_DNS=y\n# CONFIG_CEPH_LIB_USE_DNS_RESOLVER is not set\n"
        let findings = try check("", builtIn: builtIn, configuration: configuration)
        expect(findings, .good, .kernel, "built in")
        expect(findings, .good, .fileSystems, "NFS can", "Ceph is not")
    }

    @Test("The key type is built in, and the module does not list it")
    func builtInType() throws {
        let findings = try check(
            "kernel/net/ceph/libceph.ko:\nkernel/fs/afs/kafs.ko:\n",
            builtIn: "kernel/net/dns_resolver/dns_resolver.ko\n",
            configuration: "CONFIG_CEPH_LIB_USE_DNS_RESOLVER=y\n")
        expect(findings, .good, .fileSystems, "Ceph, AFS can")
    }

    @Test("Modules whose names only begin the same do not count")
    func similarNames() throws {
        let findings = try check("kernel/a/dns_resolver_test.ko:\nkernel/a/cifs_arc4.ko:\n")
        expect(findings, .warning, .kernel, "dns_resolver")
        expect(findings, .warning, .fileSystems, "CIFS, NFS, Ceph or AFS")
    }
}

@Suite("Security modules")
struct SecurityModuleCheckTests {
    private let path = Bytes("/usr/local/sbin/resolver")

    @Test("SELinux: mode and label")
    func seLinux() {
        func check(_ isEnforcing: Bool, _ label: String?, hasModule: Bool = true) -> [Finding] {
            [
                SecurityModuleCheck.seLinux(
                    isEnforcing: isEnforcing, label.map { Bytes($0.utf8) }, hasModule: hasModule, path)
            ]
        }
        expect(
            check(true, "system_u:object_r:keyutils_dns_resolver_exec_t:s0"), .good, .securityModule, "enforcing")
        expect(
            check(true, "system_u:object_r:bin_t:s0"), .bad, .securityModule,
            "system_u:object_r:bin_t:s0",
            "chcon -t keyutils_dns_resolver_exec_t /usr/local/sbin/resolver")
        expect(
            check(true, "system_u:object_r:keyutils_dns_resolver_exec_t:s0", hasModule: false), .bad,
            .securityModule, "semodule -i")
        expect(check(true, "nonsense"), .bad, .securityModule)
        expect(check(true, nil), .warning, .securityModule)
        expect(check(false, "system_u:object_r:bin_t:s0"), .good, .securityModule, "permissive")
    }

    @Test("AppArmor: a profile for the program")
    func appArmor() {
        func check(_ profiles: String) -> [Finding] { [SecurityModuleCheck.appArmor(Bytes(profiles.utf8), path)] }
        expect(check("/usr/local/sbin/resolver (enforce)\n"), .warning, .securityModule, "AppArmor")
        expect(check("/usr/local/sbin/resolver (complain)\n/usr/sbin/x (enforce)\n"), .good, .securityModule)
    }

    @Test("A host with neither")
    func none() throws {
        expect(
            [try Tree().withHost { SecurityModuleCheck.run($0, program: path) }], .good, .securityModule, "neither")
    }
}

@Suite("The cluster's DNS and its servers")
struct ServerCheckTests {
    private let server = IPAddress("10.96.0.10".utf8)!
    private let name = try! HostName(validating: Bytes("kubernetes.default.svc.cluster.local"))

    @Test("A host without a kubelet")
    func noKubelet() throws {
        let tree = try Tree()
        let root = Bytes(tree.url.path.utf8)
        let (cluster, finding) = try tree.withHost { ClusterDNSCheck.run($0, Configuration(), root: root) }
        #expect(cluster.servers.isEmpty)
        if geteuid() == 0 {
            expect([finding], .bad, .clusterDNS, "kubelet", "cluster_dns")
        }
    }

    @Test("A kubelet's file is found")
    func kubelet() throws {
        let tree = try Tree()
        try tree.write(
            "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.10]\n",
            to: "/var/lib/kubelet/config.yaml")
        let root = Bytes(tree.url.path.utf8)
        let (_, finding) = try tree.withHost { ClusterDNSCheck.run($0, Configuration(), root: root) }
        expect(
            [finding], .good, .clusterDNS, "10.96.0.10", "cluster.local", "/var/lib/kubelet/config.yaml")
    }

    @Test("Without servers, the reason is given")
    func noServers() {
        let broken = ClusterDNS(problem: "/k.yaml: no such file")
        expect([ClusterDNSCheck.finding(broken, isRoot: true)], .bad, .clusterDNS, "/k.yaml")
        expect([ClusterDNSCheck.finding(broken, isRoot: false)], .warning, .clusterDNS, "root")
        let fromPods = ClusterDNS(servers: [server], sources: ["the Pods"], problem: "/k.yaml: no such file")
        expect([ClusterDNSCheck.finding(fromPods, isRoot: true)], .warning, .clusterDNS, "10.96.0.10")
    }

    @Test("The meaning of a server's answers")
    func replies() {
        func check(_ reply: ServerReply, tcp: Duration? = .milliseconds(2)) -> [Finding] {
            [ServerCheck.finding(server, name, reply, udp: .milliseconds(1), tcp)]
        }
        expect(check(.answered(responseCode: 0)), .good, .dnsServer, "UDP in 1.000 ms", "TCP in 2.000 ms")
        expect(check(.answered(responseCode: 0), tcp: nil), .warning, .dnsServer, "TCP")
        expect(check(.answered(responseCode: 2)), .bad, .dnsServer, "SERVFAIL", "CoreDNS")
        expect(
            check(.answered(responseCode: 3)), .bad, .dnsServer, "10.96.0.10", "NXDOMAIN",
            "clusterDNS")
        expect(check(.answered(responseCode: 5)), .bad, .dnsServer, "REFUSED")
        expect(check(.silent), .bad, .dnsServer, "but over TCP", "cluster_dns")
        expect(check(.silent, tcp: nil), .bad, .dnsServer, "nor over TCP")
        expect(check(.unreachable(Errno(ECONNREFUSED))), .bad, .dnsServer, "Connection refused", "CoreDNS")
        expect(check(.unreachable(Errno(ENETUNREACH))), .bad, .dnsServer, "Network is unreachable")
    }
}

@Suite("Name services of the host")
struct NameServiceCheckTests {
    private func check(
        _ switchFile: String?, _ resolvConf: String, nscd: Bool = false, getent: Bool = true
    ) throws -> [Finding] {
        let tree = try Tree()
        if getent { try tree.write("", to: "/usr/bin/getent") }
        if let switchFile { try tree.write(switchFile, to: "/etc/nsswitch.conf") }
        try tree.write(resolvConf, to: "/etc/resolv.conf")
        if nscd { try tree.write("", to: "/var/run/nscd/socket") }
        return [try tree.withHost { NameServiceCheck.run($0) }]
    }

    @Test("Those that could answer first are named")
    func bypassed() throws {
        expect(
            try check("hosts: files dns\n", "nameserver 192.0.2.1\n"), .good, .nameServices, "nothing", "192.0.2.1")
        expect(try check(nil, "nameserver 192.0.2.1\n"), .good, .nameServices, "nothing")
        expect(
            try check(
                "passwd: x\nhosts: files resolve [!UNAVAIL=return] myhostname dns # why\n",
                "nameserver 127.0.0.53\n",
                nscd: true), .good, .nameServices, "nscd, resolve, myhostname, systemd-resolved ")
    }

    @Test("A host that finds no other hosts")
    func broken() throws {
        expect(
            try check("hosts: files\n", "nameserver 192.0.2.1\n"), .warning, .nameServices,
            "nsswitch.conf")
        expect(try check("hosts: files dns\n", "# none\n"), .warning, .nameServices, "resolv.conf")
    }

    @Test("Services that cannot be asked without getent")
    func noGetent() throws {
        expect(
            try check("hosts: files myhostname dns\n", "nameserver 192.0.2.1\n", getent: false), .warning,
            .nameServices, "myhostname", "/usr/bin/getent")
        expect(
            try check("hosts: files dns\n", "nameserver 192.0.2.1\n", getent: false), .good, .nameServices,
            "nothing")
    }
}

@Suite("Names that the kernel refuses")
struct RefusedNamesCheckTests {
    private static func key(_ description: String, _ secondsLeft: Int?, isNegative: Bool = true) -> CachedKey {
        CachedKey(
            serial: 1, description: Bytes(description.utf8), state: isNegative ? .negative(nil) : .positive,
            secondsLeft: secondsLeft)
    }

    private let overlong = key("overlong.default.svc", 43)
    private let recent = key("recent.default.svc", 4)
    private let odd = key("odd name; with\u{1B}[2J", 60)
    private var keys: [CachedKey] { [overlong, recent, Self.key("good.default.svc", 4, isNegative: false), odd] }

    @Test("A refused name is reported in every spelling")
    func named() {
        func check(_ name: String) -> [Finding] { [RefusedNamesCheck.finding(keys, name: Bytes(name.utf8))] }
        expect(
            check("overlong.default.svc"), .bad, .refusedNames, "overlong.default.svc for 43 s",
            "resolver --flush overlong.default.svc")
        expect(check("Overlong.Default.svc."), .bad, .refusedNames, "43 s")
        expect(check("recent.default.svc"), .warning, .refusedNames, "4 s")
        expect(check("good.default.svc"), .warning, .refusedNames, "overlong.default.svc for 43 s", "\\x1b[2J")
    }

    @Test("A permanent key is refused for too long")
    func permanent() {
        expect(
            [RefusedNamesCheck.finding([Self.key("a.svc", nil)], name: nil)], .warning, .refusedNames,
            "a.svc for ever")
    }

    @Test("A name that a shell would not take as one word is not in a command")
    func hostileName() {
        #expect(RefusedNamesCheck.finding(keys, name: odd.description).remedy.hasSuffix("resolver --flush"))
    }

    @Test("Short refusals are good")
    func short() {
        expect([RefusedNamesCheck.finding([recent], name: nil)], .good, .refusedNames, "recent.default.svc for 4 s")
        expect([RefusedNamesCheck.finding([], name: nil)], .good, .refusedNames)
    }

    @Test("Probes of another check are left out")
    func probes() {
        let probe = Self.key("resolver-check..probe", 60)
        expect([RefusedNamesCheck.finding([probe], name: nil)], .good, .refusedNames)
    }

    @Test("Only some of many names are shown")
    func many() {
        let finding = RefusedNamesCheck.finding(Array(repeating: overlong, count: 100), name: nil)
        #expect(finding.reason.contains("and 95 other names"))
    }
}

@Suite("Upcalls, mounts and the log")
struct UpcallCheckTests {
    @Test(
        "A probe matches the rule's pattern, and is not a host name",
        arguments: [("*", ""), ("*.svc", ".svc"), ("upcall-*", ""), ("a:x-*-y", "-y")])
    func probes(pattern: String, end: String) throws {
        let probe = try #require(UpcallCheck.probe(for: Bytes(pattern.utf8)))
        let head = pattern.prefix { $0 != "*" }
        #expect(probe == Bytes("\(head)resolver-check..probe\(end)".utf8))
        #expect(throws: RequestProblem.self) { try Request(description: probe, callout: []) }
    }

    @Test("A pattern for a single name has no probe")
    func noProbe() { #expect(UpcallCheck.probe(for: Bytes("store.svc")) == nil) }

    @Test("The meaning of a probe's outcome")
    func probed() {
        func check(_ outcome: UpcallCheck.Outcome) -> [Finding] {
            [UpcallCheck.probed(outcome, after: .microseconds(1500))]
        }
        expect(check(.failed(Errno(EINVAL))), .good, .upcall, "1.500 ms")
        expect(check(.failed(Errno(ENOKEY))), .bad, .upcall, "journalctl -t request-key")
        expect(check(.failed(Errno(EINTR))), .bad, .upcall, "another program")
        expect(check(.payload(Bytes("192.0.2.1"))), .bad, .upcall, "another program", "192.0.2.1")
        expect(check(.late(.seconds(15))), .bad, .upcall, " 15 s")
    }

    @Test("The meaning of the kernel's answer")
    func answered() {
        func check(_ outcome: UpcallCheck.Outcome) -> [Finding] {
            [UpcallCheck.answered(Bytes("a.svc"), outcome, after: .microseconds(1500))]
        }
        expect(check(.payload(Bytes("10.0.0.1"))), .good, .upcall, "a.svc: ", "10.0.0.1", "1.500 ms")
        expect(check(.payload([0, 0, 1])), .good, .upcall, "3 bytes")
        expect(check(.failed(Errno(ENODATA))), .bad, .upcall, Errno(ENODATA).text)
        expect(check(.failed(Errno(ECONNREFUSED))), .bad, .upcall, Errno(ECONNREFUSED).text)
        expect(check(.failed(Errno(ENOKEY))), .bad, .upcall, "a.svc: ")
    }

    @Test(
        "The capability for mounts in the kernel's set",
        arguments: [
            ("4294967295\t511\n", true), ("4292870143\t511\n", false), ("0 0", false), ("", true), ("x", true),
        ])
    func capability(set: String, isThere: Bool) {
        #expect(MountCheck.holdsSysAdmin(Bytes(set.utf8)) == isThere)
    }

    @Test("The last line of request-key in the journal is shown")
    func log() {
        let line = "2026-11-24T20:00:00+0000 node request-key[7]: could not execute /x\u{1B}[2J"
        expect([LogCheck.finding(Bytes("\(line)\n".utf8))], .warning, .log, "one failure", "/x", "\\x1b")
        expect([LogCheck.finding(Bytes("\(line)\n\(line)\n".utf8))], .warning, .log, "2 failures")
        expect([LogCheck.finding([])], .good, .log)
    }
}
