import CLinux
import Foundation
import LinuxSystem
import Testing

/// `resolver --check` on hosts with deliberate faults.
@Suite("The checked chain", .upcalls)
struct CheckTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    private func config(_ scenario: Scenario) -> String { host.directory.appending(path: scenario.configFile).path }

    /// A check in a mount namespace, in whose /etc shell commands make changes. They do not affect the kernel.
    private func check(_ name: String, _ changes: String, user: Int = 0) async throws -> CheckedChain {
        let privateHost = PrivateHost(changes: "mkdir /etc/request-key.d\n" + changes, user: user)
        return try CheckedChain(try await privateHost.run([host.program, "--check", "--json", name]))
    }

    /// A rule for the names of ``Scenario/cluster``, by default with the scenario's own command.
    private func rule(program: String? = nil, arguments: String? = nil) -> String {
        "create dns_resolver \(Scenario.cluster.prefix)* * \(program ?? host.program)"
            + " \(arguments ?? "-c \(config(.cluster)) %k")"
    }

    @Test("A chain without faults: the kernel starts the program, and gets the address that the check finds")
    func healthy() async throws {
        let name = Scenario.cluster.name()
        let chain = try await CheckedChain.run(name)
        chain.expect("good", "kernel", "dns_resolver")
        chain.expect("good", "request-key", "/sbin/request-key")
        chain.expect("good", "rule", "/etc/request-key.d/upcall-cluster-tests.conf:1", host.program)
        chain.expect("good", "program", host.program)
        chain.expect("good", "config file", config(.cluster))
        chain.expect("good", "cluster DNS", "127.0.0.180", "cluster.local", Scenario.cluster.kubeletFile)
        chain.expect("good", "name services", TestHost.hostServer)
        chain.expect("good", "mounts")
        chain.expect("good", "DNS server", "127.0.0.180", "UDP", "TCP", " ms")
        chain.expect("good", "DNS server", TestHost.hostServer)
        chain.expect("good", "name", name, "cluster's view", "10.10.0.2")
        chain.expect("good", "name", name, "host's view")
        chain.expect("good", "upcall", "probe")
        chain.expect("good", "upcall", name, "10.10.0.2")
        // Other tests create rejected keys; the machine may have no file system that asks for names.
        #expect(chain.findings.allSatisfy { $0.level != "bad" }, chain.text)
    }

    @Test("The host's names are found in its view")
    func hostName() async throws {
        let name = Scenario.cluster.name("host.example")
        let chain = try await CheckedChain.run(name)
        chain.expect("good", "name", name, "host's view", "10.61.0.1")
        chain.expect("good", "upcall", name, "10.61.0.1")
    }

    @Test("A name that does not exist")
    func noSuchName() async throws {
        let name = Scenario.cluster.name("none.svc.cluster.local")
        let chain = try await CheckedChain.run(name)
        chain.expect("bad", "name", name, "cluster's view")
        chain.expect("bad", "upcall", "No data available")
        chain.expect("good", "upcall", "probe")
    }

    @Test("An AFS cell, and an invalid name")
    func otherRequests() async throws {
        let cell = try await CheckedChain.run("afsdb:" + Scenario.cluster.name("afs.svc.cluster.local"))
        cell.expect("good", "upcall", "10.10.0.2")
        let nonsense = try await CheckedChain.run(Scenario.cluster.name("no name"))
        nonsense.expect("bad", "name", "no name")
    }

    @Test("All DNS servers are down")
    func deadDNS() async throws {
        let chain = try await CheckedChain.run(Scenario.refused.name())
        chain.expect("bad", "DNS server", "127.0.0.190", "Connection refused")
        chain.expect("bad", "DNS server", "127.0.0.191", "Connection refused")
        chain.expect("bad", "upcall", "Connection refused")
    }

    @Test("One of several DNS servers is down")
    func oneDeadServer() async throws {
        let chain = try await CheckedChain.run(Scenario.firstRefused.name())
        chain.expect("warning", "DNS server", "127.0.0.190", "Connection refused")
        chain.expect("good", "DNS server", "127.0.0.180")
    }

    @Test("A silent DNS server")
    func silentDNS() async throws {
        let chain = try await CheckedChain.run(Scenario.silent.name())
        chain.expect("bad", "DNS server", "127.0.0.192", "UDP", "TCP")
        chain.expect("bad", "upcall", Errno(EAGAIN).text)
    }

    @Test("A clusterDNS that is not the cluster's")
    func wrongClusterDNS() async throws {
        let chain = try await CheckedChain.run(Scenario.wrongClusterDNS.name("v4.svc.k8s.test"))
        chain.expect(
            "bad", "DNS server", TestHost.hostServer, "NXDOMAIN", "kubernetes.default.svc.k8s.test")
    }

    @Test("A missing kubelet configuration file")
    func missingKubeletConfig() async throws {
        let chain = try await CheckedChain.run(Scenario.missingKubeletConfig.name())
        chain.expect("bad", "cluster DNS", Scenario.missingKubeletConfig.kubeletFile)
    }

    @Test("Forbidden mounts")
    func blockedMount() async throws {
        let name = Scenario.inNamespace.name()
        let chain = try await CheckedChain.run(name, as: ["setpriv", "--bounding-set", "-sys_admin"])
        chain.expect("warning", "mounts", "Operation not permitted")
        // Like a lookup, it goes on without.
        chain.expect("good", "name", name, "cluster's view", "10.10.0.2")
    }

    @Test("An error in the config file")
    func badConfig() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            """
            printf 'max_ttl = 5\\ndefault_ttl = soon\\n' >/etc/bad.conf
            echo '\(rule(arguments: "-c /etc/bad.conf %k"))' >/etc/request-key.d/ours.conf
            """)
        chain.expect("warning", "config file", "/etc/bad.conf:2", "default_ttl")
    }

    @Test("A rule with arguments that the program does not understand")
    func usageError() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            "echo '\(rule(arguments: "--no-such-option %k"))' >/etc/request-key.d/ours.conf")
        chain.expect("bad", "rule", "/etc/request-key.d/ours.conf:1", "--no-such-option")
    }

    @Test("A program that ends without an answer leaves a name that the kernel refuses")
    func staleNegativeKey() async throws {
        let name = Scenario.unanswered.name()
        // The key lives as long as the session that requested it.
        let script = "keyctl request2 dns_resolver \(name) '' @s || true; exec \"$@\""
        let command = try await Command.run(
            ["keyctl", "session", "-", "sh", "-c", script, "sh", host.program, "--check", "--json", name])
        let json = try #require(command.output.split(separator: "\n").last { $0.hasPrefix("{") })
        let chain = try CheckedChain(
            Command(status: command.status, output: String(json), seconds: command.seconds))
        chain.expect("bad", "refused names", "resolver --flush \(name)")
        chain.expect("bad", "upcall", name)
        chain.expect("bad", "rule", "/usr/bin/unshare")
    }

    @Test("A program that hangs does not hang the check")
    func hanging() async throws {
        let chain = try await CheckedChain.run(Scenario.hanging.name())
        chain.expect("bad", "upcall", " 15 s")
    }

    @Test("A rule that another drop-in overrides")
    func shadowedRule() async throws {
        let name = Scenario.cluster.name()
        let chain = try await check(
            name,
            """
            echo '\(rule())' >/etc/request-key.d/ours.conf
            echo 'create dns_resolver \(name)* * /bin/true %k' >/etc/request-key.d/theirs.conf
            """)
        chain.expect("bad", "rule", "/etc/request-key.d/theirs.conf:1", "/bin/true", "ours.conf:1")
    }

    @Test("A syntax error in a foreign drop-in")
    func syntaxError() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            """
            echo '\(rule())' >/etc/request-key.d/ours.conf
            printf '# theirs\\ncreate dns_resolver\\n' >/etc/request-key.d/theirs.conf
            """)
        chain.expect("bad", "rule", "/etc/request-key.d/theirs.conf:2")
    }

    @Test("A drop-in that is a symbolic link")
    func linkedDropIn() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            """
            echo '\(rule())' >/etc/ours.conf
            ln -s ../ours.conf /etc/request-key.d/ours.conf
            """)
        chain.expect("warning", "rule", "/etc/request-key.d/ours.conf", "link")
        chain.expect("bad", "rule")
    }

    @Test("A missing newline")
    func missingNewline() async throws {
        let chain = try await check(
            Scenario.cluster.name(), "printf '%s' '\(rule())' >/etc/request-key.d/ours.conf")
        chain.expect("bad", "rule", "/etc/request-key.d/ours.conf:1", "newline")
    }

    @Test("A program with the wrong mode")
    func wrongMode() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            """
            cp \(host.program) /etc/resolver
            chmod 666 /etc/resolver
            echo '\(rule(program: "/etc/resolver"))' >/etc/request-key.d/ours.conf
            """)
        chain.expect("bad", "program", "/etc/resolver", "0666")
    }

    @Test("request-key is not a program")
    func noRequestKey() async throws {
        let chain = try await check(Scenario.cluster.name(), "mount --bind /dev/null /sbin/request-key")
        chain.expect("bad", "request-key", "/sbin/request-key")
    }

    @Test("Upcalls that failed before, without a journal")
    func failedBefore() async throws {
        let name = Scenario.failedBefore.name("none.svc.cluster.local")
        _ = await (Upcall.request(Scenario.failedBefore.name()), Upcall.request(name))
        let state = host.directory.appending(path: Scenario.failedBefore.stateDirectory).path
        // An upcall in the same second as the check could be the check's own.
        try await Task.sleep(for: .seconds(1))
        let chain = try await check(
            Scenario.cluster.name(),
            """
            echo '\(rule())' >/etc/request-key.d/ours.conf
            mount --bind \(state) /run/resolver
            """)
        chain.expect(
            "warning", "last upcalls", "1 of 2 ", "\(name): ", "ENODATA", "resolver --check \(name)")
    }

    @Test(
        "Failures of request-key in the journal",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/journalctl")))
    func journal() async throws {
        let chain = try await check(
            Scenario.cluster.name(),
            """
            mount -t tmpfs tmpfs /var/log
            mkdir /var/log/journal
            cat >/etc/journalctl <<'END'
            #!/bin/sh
            case $* in
            *--identifier=request-key*) echo '2026-11-24T20:00:00 node request-key[7]: could not execute /x' ;;
            esac
            END
            chmod 755 /etc/journalctl
            mount --bind /etc/journalctl /usr/bin/journalctl
            """)
        chain.expect("warning", "log", "one failure", "could not execute /x")
    }

    @Test("For an ordinary user, the report says what was not checked, and the rest is checked")
    func ordinaryUser() async throws {
        let name = Scenario.cluster.name()
        let chain = try await check(name, "echo '\(rule())' >/etc/request-key.d/ours.conf", user: 65_534)
        chain.expect("good", "rule", "/etc/request-key.d/ours.conf:1", host.program)
        chain.expect("warning", "refused names")
        chain.expect("good", "upcall", name, "10.10.0.2")
    }

    @Test(
        "Below a directory only files are checked: all good, exit status 0; 2 without a kubelet and request-key")
    func anotherRoot() async throws {
        let root = host.directory.appending(path: "another-root").path
        let setUp = """
            mkdir -p \(root)/sbin \(root)/etc \(root)/var/lib/kubelet \(root)/lib/modules/1/
            cp \(host.program) \(root)/sbin/resolver
            cp -L /sbin/request-key \(root)/sbin/request-key
            echo 'create dns_resolver * * /sbin/resolver %k' >\(root)/etc/request-key.conf
            echo 'nameserver 192.0.2.1' >\(root)/etc/resolv.conf
            printf 'fs/cifs.ko: net/dns_resolver.ko\\nnet/dns_resolver.ko:\\n' >\(root)/lib/modules/1/modules.dep
            cp \(host.directory.appending(path: Scenario.cluster.kubeletFile).path) \(root)/var/lib/kubelet/config.yaml
            """
        #expect(try await Command.run(["sh", "-euc", setUp]).status == 0)
        let check = [host.program, "--check", "--root", root]
        let good = try await Command.run(check)
        #expect(good.status == 0, Comment(rawValue: good.output))

        try FileManager.default.removeItem(atPath: root + "/var/lib/kubelet/config.yaml")
        try CheckedChain(try await Command.run(check + ["--json"])).expect("bad", "cluster DNS", "kubelet")

        try FileManager.default.removeItem(atPath: root + "/sbin/request-key")
        try CheckedChain(try await Command.run(check + ["--json"])).expect(
            "bad", "request-key", "/sbin/request-key", "keyutils")
    }
}
