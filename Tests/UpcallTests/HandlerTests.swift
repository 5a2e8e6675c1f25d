import CLinux
import Foundation
import LinuxSystem
import Testing

/// The handler's process, while it waits for a DNS server.
@Suite("The handler", .upcalls)
struct HandlerTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    @Test(
        "Before it reads from the network, the handler has no privileges, and its own mounts only on request"
    )
    func waiting() async throws {
        // Without a copy, more mounts cannot take more time.
        #expect(try await handlerResolvConf(in: .observed) == nil)
        let resolvConf = try #require(try await handlerResolvConf(in: .observedInNamespace))
        #expect(resolvConf.contains("nameserver 127.0.0.192\n"))
        #expect(!resolvConf.contains(TestHost.hostServer))
        #expect(resolvConf.contains("search svc.cluster.local cluster.local search.example\n"))
        #expect(resolvConf.contains("ndots:5"))
    }

    /// The resolv.conf that the waiting handler sees in a mount namespace of its own; nil if it is in the host's.
    private func handlerResolvConf(in scenario: Scenario) async throws -> String? {
        async let pending = Upcall.request(scenario.name())
        let handler = try await Handler.waiting(in: scenario, for: host.silentServer)
        let process = "/proc/\(handler.process)"
        let resolvConf = try readKernelFile("\(process)/root/etc/resolv.conf")
        let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/ns/mnt")
        let status = try readKernelFile("\(process)/status")
        try handler.end(by: SIGTERM)
        _ = await pending
        expectNoPrivileges(status, process: Int(handler.process))
        let hostNamespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/2/ns/mnt")
        return namespace == hostNamespace ? nil : resolvConf
    }

    private func expectNoPrivileges(_ status: String, process: Int) {
        let fields = Dictionary(
            status.split(separator: "\n").compactMap { line -> (Substring, String)? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (
                    line[..<colon],
                    line[line.index(after: colon)...].trimmingPrefix(while: \.isWhitespace).description
                )
            }, uniquingKeysWith: { $1 })
        // An account that no other process has.
        let account = "\(0x8000_0000 + Int(process))"
        // An ID that the journal takes for a service's, and never for a person's.
        let logged = "\(61_184 + Int(process) % 4336)"
        #expect(fields["Uid"] == [account, logged, account, account].joined(separator: "\t"))
        #expect(fields["Gid"] == [account, account, account, account].joined(separator: "\t"))
        #expect(fields["Groups"]?.allSatisfy(\.isWhitespace) == true)
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            #expect(fields[Substring(set)] == "0000000000000000")
        }
        #expect(fields["NoNewPrivs"] == "1")
        #expect(fields["Seccomp"] == "2")
    }
}
