import Foundation
import LinuxSystem
import Testing

/// The process that answers, while it waits for a DNS server.
@Suite("The handler", .upcalls)
struct HandlerTests {
    init() throws { _ = try TestHost.shared() }

    @Test(
        "Before the network is read, the handler has no privileges, and a copy of the host's mounts only if it is told to"
    )
    func waiting() async throws {
        // Without a copy, there is nothing that could take longer where there are more mounts.
        #expect(try await handlerResolvConf(in: .observed) == nil)
        let resolvConf = try #require(try await handlerResolvConf(in: .observedInNamespace))
        #expect(resolvConf.contains("nameserver 127.0.0.192\n"))
        #expect(!resolvConf.contains(TestHost.hostServer))
        #expect(resolvConf.contains("search svc.cluster.local cluster.local search.example\n"))
        #expect(resolvConf.contains("ndots:5"))
    }

    /// The resolv.conf that the waiting handler sees in a mount namespace of its own; nil where it is in the host's.
    private func handlerResolvConf(in scenario: Scenario) async throws -> String? {
        async let pending = Upcall.request(scenario.name())
        let process = "/proc/\(try await Handler.waiting(in: scenario).process)"
        let resolvConf = try readKernelFile("\(process)/root/etc/resolv.conf")
        let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/ns/mnt")
        let status = try readKernelFile("\(process)/status")
        _ = await pending
        expectNoPrivileges(status, process: Int(process.dropFirst("/proc/".count))!)
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
        // What the log takes for a service's, and never for a person's.
        let logged = "\(61_184 + Int(process) % 4336)"
        #expect(fields["Uid"] == [account, logged, account, logged].joined(separator: "\t"))
        #expect(fields["Gid"] == [account, account, account, account].joined(separator: "\t"))
        #expect(fields["Groups"]?.allSatisfy(\.isWhitespace) == true)
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            #expect(fields[Substring(set)] == "0000000000000000")
        }
        #expect(fields["NoNewPrivs"] == "1")
        #expect(fields["Seccomp"] == "2")
    }
}
