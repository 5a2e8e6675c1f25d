import Testing

/// Hosts whose /etc/resolv.conf is not a plain file.
@Suite("Variants of resolv.conf", .upcalls)
struct ResolvConfTests {
    init() async throws { _ = try await TestHost.shared() }

    static let variants = [
        "a plain file": "",
        "a symbolic link to a stub":
            """
        mkdir -p /mnt/run; echo 'nameserver 127.0.0.53' >/mnt/run/stub.conf; ln -sf /mnt/run/stub.conf /etc/resolv.conf
        """,
        "a relative symbolic link": "mv /etc/resolv.conf /etc/real.conf; ln -s real.conf /etc/resolv.conf",
        "a chain of symbolic links":
            "mv /etc/resolv.conf /etc/real.conf; ln -s real.conf /etc/next.conf; ln -s next.conf /etc/resolv.conf",
        "a dangling symbolic link": "ln -sf /run/nowhere/resolv.conf /etc/resolv.conf",
        "a symbolic link to itself": "ln -sf resolv.conf /etc/resolv.conf",
        "missing": "rm /etc/resolv.conf",
        "empty": ": >/etc/resolv.conf",
        "a directory": "rm /etc/resolv.conf; mkdir /etc/resolv.conf",
        "a FIFO": "rm /etc/resolv.conf; mkfifo /etc/resolv.conf",
        "unreadable for others": "chmod 600 /etc/resolv.conf",
        "a bind mount": "cp /etc/resolv.conf /mnt/resolv.conf; mount --bind /mnt/resolv.conf /etc/resolv.conf",
        "in a read-only /etc": "mount -o remount,bind,ro /etc",
        "with options that change lookups": "echo 'options no-aaaa use-vc ndots:0' >>/etc/resolv.conf",
        "missing in a read-only /etc": "rm /etc/resolv.conf; mount -o remount,bind,ro /etc",
        "a dangling symbolic link in a read-only /etc":
            "ln -sf /run/nowhere/resolv.conf /etc/resolv.conf; mount -o remount,bind,ro /etc",
    ]

    static let isolations = [Scenario.cluster, .inNamespace]

    @Test("A cluster name resolves", arguments: variants.keys.sorted(), isolations)
    func clusterName(variant: String, isolation: Scenario) async throws {
        let host = PrivateHost(changes: Self.variants[variant]!, scenario: isolation)
        let command = try await host.debug(Scenario.cluster.name("dual.svc.cluster.local"), "list")
        #expect(command.status == 0)
        #expect(command.output.contains("10.10.0.3"), "\(command.output)")
        #expect(command.output.contains("fd10::3"), "\(command.output)")
    }

    @Test(
        "/etc/hosts applies to a cluster name",
        arguments: ["a plain file", "missing", "a dangling symbolic link", "a FIFO"], isolations)
    func hostsFile(variant: String, isolation: Scenario) async throws {
        let host = PrivateHost(changes: Self.variants[variant]!, scenario: isolation)
        let command = try await host.debug("upcall-cluster-hostsfile.v4.svc.cluster.local")
        #expect(command.output.contains("10.70.0.1\\0"), "\(command.output)")
    }

    @Test(
        "host.conf determines whether all /etc/hosts lines with a name apply",
        arguments: [("on", "10.70.1.1,10.70.1.2\\0"), ("off", "10.70.1.1\\0")], isolations)
    func hostConf(multi: (setting: String, payload: String), isolation: Scenario) async throws {
        let name = Scenario.cluster.name("twice.svc.cluster.local")
        let host = PrivateHost(
            changes: """
                printf '%s \(name)\\n' 10.70.1.1 10.70.1.2 >>/etc/hosts
                echo 'multi \(multi.setting)' >/etc/host.conf
                """, scenario: isolation)
        let command = try await host.debug("a:\(name)", "list")
        #expect(command.output.contains(" \(multi.payload)"), "\(command.output)")
    }

    @Test(
        "An ordinary user gets the same answer", arguments: ["a plain file", "missing", "in a read-only /etc"],
        isolations)
    func ordinaryUser(variant: String, isolation: Scenario) async throws {
        let host = PrivateHost(changes: Self.variants[variant]!, scenario: isolation, user: 65534)
        let command = try await host.debug(Scenario.cluster.name())
        #expect(command.output.contains("10.10.0.2\\0"), "\(command.output)")
    }

    @Test("If the host has no server, the cluster is asked for other names too")
    func fallbackWithoutHostServer() async throws {
        let host = PrivateHost(changes: "rm /etc/resolv.conf")
        let command = try await host.debug(Scenario.cluster.name("stub.example"))
        #expect(command.output.contains("10.60.0.1\\0"), "\(command.output)")
    }

    @Test("With a silent host server, the lookup ends in limited time")
    func silentHostServer() async throws {
        let host = PrivateHost(changes: "echo 'nameserver 127.0.0.192' >/etc/resolv.conf")
        let command = try await host.debug(Scenario.cluster.name("host.example"))
        #expect(command.status == 1)
        #expect(command.seconds < 7)
    }
}
