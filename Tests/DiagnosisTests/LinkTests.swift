import CLinux
import DNSUpcall
import Foundation
import KubeletDiscovery
import LinuxSystem
import Testing

@testable import Diagnosis

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

    @Test("Modules, of which one is built without the key type, as Debian's")
    func modules() throws {
        let findings = try check(Self.dependencies)
        expect(findings, .good, .kernel, "in a module")
        expect(findings, .good, .fileSystems, "CIFS, NFS, AFS can ask", "Ceph is not built to")
    }

    @Test("A kernel with everything built in tells by its configuration what asks")
    func builtIn() throws {
        let builtIn =
            "kernel/net/dns_resolver/dns_resolver.ko\nkernel/fs/nfs/nfsv4.ko\nkernel/net/ceph/libceph.ko\n"
        let configuration = "CONFIG_NFS_USE_KERNEL_DNS=y\n# CONFIG_CEPH_LIB_USE_DNS_RESOLVER is not set\n"
        let findings = try check("", builtIn: builtIn, configuration: configuration)
        expect(findings, .good, .kernel, "built in")
        expect(findings, .good, .fileSystems, "NFS can ask", "Ceph is not built to")
    }

    @Test("The key type is built in, and the module does not name it")
    func builtInType() throws {
        let findings = try check(
            "kernel/net/ceph/libceph.ko:\nkernel/fs/afs/kafs.ko:\n",
            builtIn: "kernel/net/dns_resolver/dns_resolver.ko\n",
            configuration: "CONFIG_CEPH_LIB_USE_DNS_RESOLVER=y\n")
        expect(findings, .good, .fileSystems, "Ceph, AFS can ask")
    }

    @Test("Modules whose names only begin alike are others")
    func similarNames() throws {
        let findings = try check("kernel/a/dns_resolver_test.ko:\nkernel/a/cifs_arc4.ko:\n")
        expect(findings, .warning, .kernel, "no key type dns_resolver")
        expect(findings, .warning, .fileSystems, "no CIFS, NFS, Ceph or AFS")
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
            "the label system_u:object_r:bin_t:s0",
            "chcon -t keyutils_dns_resolver_exec_t /usr/local/sbin/resolver")
        expect(
            check(true, "system_u:object_r:keyutils_dns_resolver_exec_t:s0", hasModule: false), .bad,
            .securityModule, "key.dns_resolver alone", "semodule -i")
        expect(check(true, "nonsense"), .bad, .securityModule)
        expect(check(true, nil), .warning, .securityModule, "not checked")
        expect(check(false, "system_u:object_r:bin_t:s0"), .good, .securityModule, "permissive")
    }

    @Test("AppArmor: a profile for the program")
    func appArmor() {
        func check(_ profiles: String) -> [Finding] { [SecurityModuleCheck.appArmor(Bytes(profiles.utf8), path)] }
        expect(check("/usr/local/sbin/resolver (enforce)\n"), .warning, .securityModule, "AppArmor confines")
        expect(check("/usr/local/sbin/resolver (complain)\n/usr/sbin/x (enforce)\n"), .good, .securityModule)
    }

    @Test("Where the host has neither of them")
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
            expect([finding], .bad, .clusterDNS, "no kubelet runs here", "start the kubelet", "cluster_dns")
        }
    }

    @Test("A kubelet's file that is found")
    func kubelet() throws {
        let tree = try Tree()
        try tree.write(
            "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.10]\n",
            to: "/var/lib/kubelet/config.yaml")
        let root = Bytes(tree.url.path.utf8)
        let (_, finding) = try tree.withHost { ClusterDNSCheck.run($0, Configuration(), root: root) }
        expect(
            [finding], .good, .clusterDNS, "10.96.0.10, domain cluster.local, from /var/lib/kubelet/config.yaml")
    }

    @Test("What is said of no servers")
    func noServers() {
        let broken = ClusterDNS(problem: "/k.yaml: no such file")
        expect([ClusterDNSCheck.finding(broken, isRoot: true)], .bad, .clusterDNS, "/k.yaml: no such file")
        expect([ClusterDNSCheck.finding(broken, isRoot: false)], .warning, .clusterDNS, "not checked", "as root")
        let fromPods = ClusterDNS(servers: [server], sources: ["the Pods"], problem: "/k.yaml: no such file")
        expect([ClusterDNSCheck.finding(fromPods, isRoot: true)], .warning, .clusterDNS, "10.96.0.10", "gave none")
    }

    @Test("What a server's answers mean")
    func replies() {
        func check(_ reply: ServerReply, tcp: Int? = 2000) -> [Finding] {
            [ServerCheck.finding(server, name, reply, udp: 1000, tcp)]
        }
        expect(check(.answered(responseCode: 0)), .good, .dnsServer, "over UDP in 1.000 ms, over TCP in 2.000 ms")
        expect(check(.answered(responseCode: 0), tcp: nil), .warning, .dnsServer, "not over TCP", "permit TCP")
        expect(check(.answered(responseCode: 2)), .bad, .dnsServer, "SERVFAIL", "CoreDNS's log")
        expect(
            check(.answered(responseCode: 3)), .bad, .dnsServer, "10.96.0.10", "not this cluster's DNS",
            "clusterDNS")
        expect(check(.answered(responseCode: 5)), .bad, .dnsServer, "REFUSED", "not this cluster's DNS")
        expect(check(.silent), .bad, .dnsServer, "but over TCP", "set cluster_dns")
        expect(check(.silent, tcp: nil), .bad, .dnsServer, "nor over TCP")
        expect(check(.unreachable(Errno(ECONNREFUSED))), .bad, .dnsServer, "Connection refused", "does CoreDNS run")
        expect(check(.unreachable(Errno(ENETUNREACH))), .bad, .dnsServer, "Network is unreachable", "route")
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
        expect(try check(nil, "nameserver 192.0.2.1\n"), .good, .nameServices, "nothing stands before DNS")
        expect(
            try check(
                "passwd: x\nhosts: files resolve [!UNAVAIL=return] myhostname dns # why\n",
                "nameserver 127.0.0.53\n",
                nscd: true), .good, .nameServices, "nscd, resolve, myhostname, systemd-resolved bypassed")
    }

    @Test("A host that finds no other host")
    func broken() throws {
        expect(
            try check("hosts: files\n", "nameserver 192.0.2.1\n"), .warning, .nameServices,
            "neither dns nor resolve")
        expect(try check("hosts: files dns\n", "# none\n"), .warning, .nameServices, "names no DNS server")
    }

    @Test("Services that cannot be asked, for want of getent")
    func noGetent() throws {
        expect(
            try check("hosts: files myhostname dns\n", "nameserver 192.0.2.1\n", getent: false), .warning,
            .nameServices, "myhostname", "no /usr/bin/getent")
        expect(
            try check("hosts: files dns\n", "nameserver 192.0.2.1\n", getent: false), .good, .nameServices,
            "nothing stands")
    }
}

@Suite("Names that the kernel refuses")
struct RefusedNamesCheckTests {
    private static let keys = """
        02a8f5e1 I--Q---     1 perm 1f3f0000     0 65534 keyring   _uid_ses.0: 1
        1e3c8d4a I--QuN-     1  43s 3f010000     0     0 dns_resol stale.default.svc
        1f000001 IR--uN-     1 expd 3f010000     0     0 dns_resol gone.default.svc
        1f000002 I--QuN-     1   4s 3f010000     0     0 dns_resol recent.default.svc
        1f000003 I--Qu--     1   4s 3f010000     0     0 dns_resol good.default.svc: 10
        1f000004 I----N-     1   1m 3f010000     0     0 user      other
        1f000005 I--QuN-     1   1m 3f010000     0     0 dns_resol odd name; with\u{1B}[2J: 5

        """
    private let names = RefusedNamesCheck.refusedNames(Bytes(keys.utf8))

    @Test("Negative keys that have not expired are read")
    func reads() {
        #expect(names.map { String(decoding: $0.timeLeft, as: UTF8.self) } == ["43s", "4s", "1m"])
        #expect(names.map(\.isStale) == [true, false, true])
        #expect(names.last?.name == Bytes("odd name; with\u{1B}[2J: 5".utf8))
    }

    @Test("A name that is refused is told, whoever wrote it how")
    func named() {
        func check(_ name: String) -> [Finding] { [RefusedNamesCheck.finding(names, name: Bytes(name.utf8))] }
        expect(
            check("stale.default.svc"), .bad, .refusedNames, "refuses stale.default.svc for 43s",
            "resolver --flush stale.default.svc")
        expect(check("Stale.Default.svc."), .bad, .refusedNames, "43s")
        expect(check("recent.default.svc"), .warning, .refusedNames, "4s")
        expect(check("good.default.svc"), .warning, .refusedNames, "stale.default.svc for 43s", "\\x1b[2J")
    }

    @Test("A name that a shell would not take as it stands is in no command")
    func hostileName() throws {
        let name = try #require(names.last?.name)
        #expect(
            RefusedNamesCheck.finding(names, name: name).remedy.hasSuffix(
                "let the kernel forget it: resolver --flush"))
    }

    @Test("Short refusals are as they should be")
    func short() {
        let recent = names.filter { !$0.isStale }
        expect([RefusedNamesCheck.finding(recent, name: nil)], .good, .refusedNames, "recent.default.svc for 4s")
        expect([RefusedNamesCheck.finding([], name: nil)], .good, .refusedNames, "refuses no name")
    }

    @Test("Many names are not all shown")
    func many() {
        let finding = RefusedNamesCheck.finding(Array(repeating: names[0], count: 100), name: nil)
        #expect(finding.reason.contains("and 95 other names"))
    }
}

@Suite("Upcalls, mounts and the log")
struct UpcallCheckTests {
    @Test(
        "A probe fits the rule's pattern, and is no host name",
        arguments: [("*", ""), ("*.svc", ".svc"), ("upcall-*", ""), ("a:x-*-y", "-y")])
    func probes(pattern: String, end: String) throws {
        let probe = try #require(UpcallCheck.probe(for: Bytes(pattern.utf8)))
        let head = pattern.prefix { $0 != "*" }
        #expect(probe == Bytes("\(head)resolver-check..probe\(end)".utf8))
        #expect(throws: RequestProblem.self) { try Request(description: probe, callout: []) }
    }

    @Test("For one name alone there is no probe")
    func noProbe() { #expect(UpcallCheck.probe(for: Bytes("store.svc")) == nil) }

    @Test("What the outcome of a probe means")
    func probed() {
        func check(_ outcome: UpcallCheck.Outcome) -> [Finding] {
            [UpcallCheck.probed(outcome, microseconds: 1500)]
        }
        expect(check(.failed(Errno(EINVAL))), .good, .upcall, "started this program", "1.500 ms")
        expect(check(.failed(Errno(ENOKEY))), .bad, .upcall, "got no answer", "journalctl -t request-key")
        expect(check(.failed(Errno(EINTR))), .bad, .upcall, "another program")
        expect(check(.payload(Bytes("192.0.2.1"))), .bad, .upcall, "another program", "192.0.2.1")
        expect(check(.late(seconds: 15)), .bad, .upcall, "within 15 s", "end it")
    }

    @Test("What the kernel was told")
    func answered() {
        func check(_ outcome: UpcallCheck.Outcome) -> [Finding] {
            [UpcallCheck.answered(Bytes("a.svc"), outcome, microseconds: 1500)]
        }
        expect(check(.payload(Bytes("10.0.0.1"))), .good, .upcall, "a.svc: the kernel was told 10.0.0.1, 1.500 ms")
        expect(check(.payload([0, 0, 1])), .good, .upcall, "a server list of 3 bytes")
        expect(check(.failed(Errno(ENODATA))), .bad, .upcall, "no such name or address")
        expect(check(.failed(Errno(ECONNREFUSED))), .bad, .upcall, "no DNS server can be reached")
        expect(check(.failed(Errno(ENOKEY))), .bad, .upcall, "a.svc: the kernel got no answer")
    }

    @Test(
        "The capability for mounts in the kernel's set",
        arguments: [
            ("4294967295\t511\n", true), ("4292870143\t511\n", false), ("0 0", false), ("", true), ("x", true),
        ])
    func capability(set: String, isThere: Bool) {
        #expect(MountCheck.holdsSysAdmin(Bytes(set.utf8)) == isThere)
    }

    @Test("The journal's last line is shown, but for those about probes")
    func log() {
        let line = "2026-11-24T20:00:00+0000 node resolver[7]: a.svc: no such name\u{1B}[2J"
        let probe = "2026-11-24T20:00:01+0000 node resolver[8]: resolver-check..probe: a label is empty"
        expect(
            [LogCheck.finding(Bytes("\(line)\n\(probe)\n".utf8))], .warning, .log, "one failure", "a.svc", "\\x1b")
        expect([LogCheck.finding(Bytes("\(line)\n\(line)\n".utf8))], .warning, .log, "2 failures")
        expect([LogCheck.finding(Bytes("\(probe)\n".utf8))], .good, .log, "no failure")
        expect([LogCheck.finding([])], .good, .log)
    }
}
