import LinuxSystem
import Testing

/// The process that answers, while it waits for a DNS server.
@Suite("The handler", .upcalls)
struct HandlerTests {
    init() throws { _ = try TestHost.shared() }

    @Test("Before the network is read, the handler has a resolv.conf of its own and no privileges")
    func waiting() async throws {
        async let pending = Upcall.request(Scenario.observed.name())
        let handler = try await Handler.waiting(in: .observed)
        let resolvConf = try readKernelFile("/proc/\(handler.process)/root/etc/resolv.conf")
        let status = try readKernelFile("/proc/\(handler.process)/status")
        _ = await pending

        #expect(resolvConf.contains("nameserver 127.0.0.192\n"))
        #expect(!resolvConf.contains(TestHost.hostServer))
        #expect(resolvConf.contains("search svc.cluster.local cluster.local search.example\n"))
        #expect(resolvConf.contains("ndots:5"))

        let fields = Dictionary(
            status.split(separator: "\n").compactMap { line -> (Substring, String)? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (
                    line[..<colon],
                    line[line.index(after: colon)...].trimmingPrefix(while: \.isWhitespace).description
                )
            }, uniquingKeysWith: { $1 })
        // An account that no other process has.
        let account = "\(0x8000_0000 + Int(handler.process))"
        // What the log takes for a service's, and never for a person's.
        let logged = "\(61_184 + Int(handler.process) % 4336)"
        #expect(fields["Uid"] == [account, logged, account, logged].joined(separator: "\t"))
        #expect(fields["Gid"] == [account, account, account, account].joined(separator: "\t"))
        #expect(fields["Groups"]?.allSatisfy(\.isWhitespace) == true)
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            #expect(fields[Substring(set)] == "0000000000000000")
        }
        #expect(fields["NoNewPrivs"] == "1")
        #expect(fields["Seccomp"] == "2")
    }
}
