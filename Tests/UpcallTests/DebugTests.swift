import Foundation
import LinuxSystem
import Testing

/// `resolver --debug`, under circumstances that a test must not create for the whole host.
@Suite("By hand", .upcalls)
struct DebugTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    @Test(
        "A name that resolves: every step is shown, and the exit status is 0",
        arguments: [
            (Scenario.cluster, "process", ""), (.inNamespace, "namespace", " search.example"),
        ])
    func resolved(scenario: Scenario, isolation: String, hostSearch: String) async throws {
        let command = try await PrivateHost(scenario: scenario).debug(
            scenario.name("dual.svc.cluster.local"), "list")
        #expect(command.status == 0)
        for text in [
            host.directory.path + "/" + scenario.kubeletFile, "127.0.0.180", "cluster.local", "cluster",
            "nameserver 127.0.0.180", "search svc.cluster.local cluster.local\(hostSearch)\n", "ndots:5", "edns0",
            isolation,
            "10.10.0.3", "fd10::3", " ms", "\\0", "18 bytes", "5 s",
        ] {
            #expect(command.output.contains(text), "no \(text) in:\n\(command.output)")
        }
    }

    @Test("A name that does not resolve: the reason is shown, and the exit status is 1")
    func notResolved() async throws {
        let command = try await PrivateHost().debug(Scenario.cluster.name("none.svc.cluster.local"))
        #expect(command.status == 1)
        #expect(command.output.contains("ENODATA"))
    }

    @Test("A name of the host: the view is shown with its reason")
    func hostView() async throws {
        let command = try await PrivateHost().debug(Scenario.cluster.name("host.example"))
        #expect(command.status == 0)
        #expect(command.output.contains(/\nview +host/), "\(command.output)")
        #expect(command.output.contains("10.61.0.1\\0"))
        #expect(!command.output.contains("ndots:5"))
    }

    @Test("-D is the short form")
    func shortOption() async throws {
        let command = try await PrivateHost().run([
            host.program, "-D", "-c", host.directory.appending(path: Scenario.cluster.configFile).path,
            Scenario.cluster.name(),
        ])
        #expect(command.status == 0)
        #expect(command.output.contains("10.10.0.2\\0"))
    }

    @Test("The kubelet's usual configuration file is found")
    func usualKubeletConfiguration() async throws {
        let directory = host.directory.path
        let changes = """
            mkdir /mnt/test
            mount --bind \(directory) /mnt/test
            mount -t tmpfs tmpfs /var/lib
            mkdir /var/lib/kubelet \(directory)
            mount -t tmpfs tmpfs /proc
            mount --bind /mnt/test \(directory)
            cp \(directory)/\(Scenario.otherDomain.kubeletFile) /var/lib/kubelet/config.yaml
            """
        let command = try await PrivateHost(changes: changes)
            .run([host.program, "--debug", Scenario.cluster.name("v4.svc.k8s.test")])
        #expect(command.status == 0)
        #expect(command.output.contains("/var/lib/kubelet/config.yaml"))
        #expect(command.output.contains("10.10.0.2\\0"))
    }

    @Test("With a silent server, the lookup ends in limited time")
    func silence() async throws {
        let command = try await PrivateHost(scenario: .silent).debug(Scenario.silent.name())
        #expect(command.status == 1)
        #expect(command.seconds < 7)
        #expect(command.output.contains("127.0.0.192"))
        #expect(command.output.contains("EAGAIN"))
    }

    @Test("The deadline is shown")
    func deadline() async throws {
        let command = try await PrivateHost(scenario: .shortDeadline).debug(Scenario.shortDeadline.name())
        #expect(command.status == 1)
        #expect(command.output.contains(" deadline"))
    }

    @Test("Control characters do not reach the terminal")
    func escaping() async throws {
        let command = try await PrivateHost().debug("x\u{1b}[2J\ny", "\u{1b}[2J")
        #expect(command.status == 1)
        #expect(command.output.wholeMatch(of: /[ -~\n]*/) != nil)
        #expect(command.output.contains("EINVAL"))
    }

    @Test("An ordinary user gets the same answer with a user namespace")
    func ordinaryUser() async throws {
        let command = try await PrivateHost(scenario: .inNamespace, user: 65534).debug(Scenario.cluster.name())
        #expect(command.status == 0)
        #expect(command.output.contains("10.10.0.2\\0"))
        #expect(command.output.contains("user namespace"))
    }

    @Test("An ordinary user on a system without user namespaces gets the same answer, and a notice")
    func ordinaryUserWithoutNamespaces() async throws {
        // user_namespaces(7): a process in a chroot cannot create one.
        let command = try await PrivateHost(changes: "mkdir /mnt/root; mount --rbind / /mnt/root").run([
            "chroot", "--userspec=65534:65534", "/mnt/root", host.program, "-c",
            host.directory.appending(path: Scenario.inNamespace.configFile).path, "--debug",
            Scenario.cluster.name(),
        ])
        #expect(command.status == 0)
        #expect(command.output.contains("10.10.0.2\\0"), "\(command.output)")
        #expect(command.output.contains("Operation not permitted"))
    }
}
