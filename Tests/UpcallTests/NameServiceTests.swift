import CLinux
import Foundation
import LinuxSystem
import Testing

/// The services that glibc may ask before a DNS server: NSS modules, and the cache daemon nscd.
@Suite("Name services of the host", .upcalls)
struct NameServiceTests {
    /// The answer of a module or nscd that interferes.
    static let wrongAddress = "192.0.2.99"

    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    /// A host whose dynamic loader finds the modules.
    private func hostWithModules(_ services: String, _ scenario: Scenario = .cluster) async throws -> PrivateHost {
        let modules = try await FakeModules.directory
        return PrivateHost(
            changes: """
                echo 'hosts: \(services)' >/etc/nsswitch.conf
                mkdir -p /var/cache/ldconfig
                mount -t tmpfs tmpfs /var/cache/ldconfig
                /sbin/ldconfig -X \(modules) 2>/dev/null
                """, scenario: scenario)
    }

    @Test(
        "NSS modules do not answer for the cluster's names",
        arguments: [
            "resolve [!UNAVAIL=return] files dns", "files myhostname resolve [!UNAVAIL=return] dns",
            "files mdns4_minimal [NOTFOUND=return] dns", "myhostname", "files",
        ], ResolvConfTests.isolations)
    func modules(services: String, isolation: Scenario) async throws {
        let hostWithModules = try await hostWithModules(services, isolation)
        // Otherwise the test would prove nothing: the modules work, and answer.
        if services != "files" {
            let control = try await hostWithModules.run(["getent", "ahostsv4", Scenario.cluster.name()])
            #expect(!control.output.contains("10.10.0.2"))
        }
        let command = try await hostWithModules.debug(Scenario.cluster.name())
        #expect(command.output.contains("10.10.0.2\\0"), "\(command.output)")
    }

    @Test("NSS modules answer for the host's names")
    func hostModules() async throws {
        let command = try await hostWithModules("resolve [!UNAVAIL=return] files dns")
            .debug(Scenario.cluster.name("host.example"))
        #expect(command.output.contains("\(Self.wrongAddress)\\0"), "\(command.output)")
    }

    @Test("A module at the end of the line answers only for names that the others do not find")
    func laterModule() async throws {
        let host = try await hostWithModules("files dns myhostname")
        let before = try await host.debug(Scenario.cluster.name("host.example"))
        #expect(before.output.contains("10.61.0.1\\0"), "\(before.output)")
        let after = try await host.debug("none.example", "ipv4")
        #expect(after.output.contains("\(Self.wrongAddress)\\0"), "\(after.output)")
    }

    /// A host with these services, and another file in place of getent.
    private func hostWithGetent(_ file: String, _ services: String) -> PrivateHost {
        PrivateHost(
            changes: """
                echo 'hosts: \(services)' >/etc/nsswitch.conf
                mount --bind \(file) /usr/bin/getent
                """)
    }

    /// The same with a script.
    private func hostWithGetent(script: String, _ services: String) throws -> PrivateHost {
        let file = try host.write("#!/bin/sh\n\(script)\n", to: "getent-\(script.count)")
        chmod(file, 0o755)
        return hostWithGetent(file, services)
    }

    @Test("Without getent, files and dns answer")
    func noGetent() async throws {
        let host = hostWithGetent("/dev/null", "resolve [!UNAVAIL=return] files dns")
        let command = try await host.debug(Scenario.cluster.name("host.example"))
        #expect(command.output.contains("10.61.0.1\\0"), "\(command.output)")
    }

    @Test("Without getent, a name is not reported as missing unless DNS was asked")
    func unasked() async throws {
        let command = try await hostWithGetent("/dev/null", "files resolve").debug("none.example")
        #expect(command.status == 1)
        #expect(command.output.contains("EAGAIN"), "\(command.output)")
    }

    @Test("A module that hangs keeps neither the lookup nor a process past the deadline")
    func hangingModule() async throws {
        let host = try hostWithGetent(script: "exec sleep 98765", "resolve files dns")
        let command = try await host.debug(Scenario.cluster.name("host.example"))
        #expect(command.status == 1)
        // The module's time may end before the deadline.
        #expect(command.output.contains("EAGAIN") || command.output.contains("deadline"), "\(command.output)")
        #expect(command.seconds < 30)
        for _ in 0..<300 where isSleeping() { try await Task.sleep(for: .milliseconds(100)) }
        #expect(!isSleeping())
    }

    @Test(
        "If a module crashes, or closes its output and hangs, this does not mean that there is no such name",
        arguments: ["kill -SEGV $$", "exit 1", "exec sleep 98764 >/dev/null"])
    func brokenModule(end: String) async throws {
        let command = try await hostWithGetent(script: end, "files resolve [!UNAVAIL=return] dns")
            .debug("none.example")
        #expect(command.status == 1)
        #expect(command.output.contains("EAGAIN") || command.output.contains("deadline"), "\(command.output)")
    }

    private func isSleeping() -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { process in
            FileManager.default.contents(atPath: "/proc/\(process)/cmdline") == Data("sleep\098765\0".utf8)
        }
    }

    @Test(
        "A line of nsswitch.conf that glibc rejects",
        arguments: ["[NOTFOUND=return] files", "[]files", "files ["])
    func oddLine(services: String) async throws {
        let command = try await PrivateHost(changes: "echo 'hosts: \(services)' >/etc/nsswitch.conf")
            .debug("none.example")
        #expect(command.output.contains("ENODATA"), "\(command.output)")
    }

    @Test("Without nsswitch.conf, /etc/hosts comes before DNS")
    func standardServices() async throws {
        let host = PrivateHost(changes: "rm /etc/nsswitch.conf; echo '192.0.2.7 seven.host.example' >>/etc/hosts")
        let command = try await host.debug("seven.host.example")
        #expect(command.output.contains("192.0.2.7\\0"), "\(command.output)")
    }

    @Test("If no module finds a name, the reason is that of DNS")
    func notFound() async throws {
        let command = try await PrivateHost(changes: "echo 'hosts: mymachines dns' >/etc/nsswitch.conf")
            .debug("none.example")
        #expect(command.status == 1)
        #expect(command.output.contains("ENODATA"), "\(command.output)")
    }

    @Test("nscd answers for the host's names")
    func hostNSCD() async throws {
        let socket = host.directory.appending(path: "nscd-of-host").path
        try FakeNSCD.start(.wrong, path: socket, address: Self.wrongAddress)
        let command = try await hostWithDaemon(socket).debug(Scenario.cluster.name("host.example"), "ipv4")
        #expect(command.output.contains("\(Self.wrongAddress)\\0"), "\(command.output)")
    }

    @Test("A missing nsswitch.conf does not matter", arguments: ResolvConfTests.isolations)
    func noNameServiceSwitch(isolation: Scenario) async throws {
        let host = PrivateHost(changes: "rm /etc/nsswitch.conf", scenario: isolation)
        let command = try await host.debug(Scenario.cluster.name())
        #expect(command.output.contains("10.10.0.2\\0"), "\(command.output)")
    }

    @Test(
        "nscd does not answer for the cluster's names", arguments: [FakeNSCD.Behaviour.wrong, .silent],
        ResolvConfTests.isolations)
    func nscd(behaviour: FakeNSCD.Behaviour, isolation: Scenario) async throws {
        let socket = host.directory.appending(path: "nscd-\(behaviour)-\(isolation)").path
        try FakeNSCD.start(behaviour, path: socket, address: Self.wrongAddress)
        let hostWithDaemon = hostWithDaemon(socket, isolation)
        if behaviour == .wrong {
            // Otherwise the test would prove nothing: the daemon is asked, and answers.
            let control = try await hostWithDaemon.run(["getent", "ahostsv4", Scenario.cluster.name()])
            #expect(control.output.contains(Self.wrongAddress), "\(control.output)")
        }
        let command = try await hostWithDaemon.debug(Scenario.cluster.name("two.svc.cluster.local"), "list")
        #expect(command.status == 0)
        #expect(command.output.contains("10.10.0.5"), "\(command.output)")
        #expect(command.seconds < 3)
    }

    private func hostWithDaemon(_ socket: String, _ scenario: Scenario = .cluster) -> PrivateHost {
        PrivateHost(
            changes: """
                mkdir -p /mnt/run/nscd
                touch /mnt/run/nscd/socket
                mount --bind \(socket) /mnt/run/nscd/socket
                mount --rbind /mnt/run /var/run
                """, scenario: scenario)
    }
}
