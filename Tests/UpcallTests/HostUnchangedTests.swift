import CLinux
import Foundation
import LinuxSystem
import Testing

/// What the host must not notice.
@Suite("The host", .upcalls, .serialized)
struct HostUnchangedTests {
    let host: TestHost
    init() throws { host = try TestHost.shared() }

    @Test("An upcall changes neither mounts nor resolv.conf")
    func unchanged() async throws {
        try await expectUnchanged(crashing: .endedBySIGABRT)
    }

    @Test("An upcall changes neither where mounts are shared, as under systemd")
    func unchangedWithSharedMounts() async throws {
        let mounts = try mountInfo()
        guard !mounts.contains("shared:") else { return try await expectUnchanged(crashing: .endedBySIGQUIT) }
        // Scripts/test.sh looks for this file, should the process not come to the end.
        let note = try host.write("", to: "made-shared")
        try checked(mount(nil, "/", nil, UInt(MS_REC | MS_SHARED), nil))
        defer {
            mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil)
            unlink(note)
        }
        try await expectUnchanged(crashing: .endedBySIGQUIT)
    }

    private func expectUnchanged(crashing scenario: Scenario) async throws {
        let before = try snapshot()
        for domain in ["v4.svc.cluster.local", "none.svc.cluster.local", "stub.example", "host.example"] {
            _ = await Upcall.request(Scenario.cluster.name(domain))
        }
        async let ended = Upcall.request(scenario.name())
        try await Handler.waiting(in: scenario).end(by: SIGABRT)
        // While it ran, the handler had another resolv.conf.
        #expect(await ended.errno?.code == EIO)
        let after = try snapshot()
        #expect(after.mountInfo == before.mountInfo)
        #expect(after.resolvConf == before.resolvConf)
        #expect(after.inode == before.inode)
        #expect(after.etc == before.etc)
    }

    private struct Snapshot {
        let mountInfo: String
        let resolvConf: String
        let inode: UInt
        let etc: [String]
    }

    private func snapshot() throws -> Snapshot {
        var status = stat()
        try checked(stat("/etc/resolv.conf", &status))
        return Snapshot(
            mountInfo: try mountInfo(), resolvConf: try String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8),
            inode: status.st_ino, etc: try FileManager.default.contentsOfDirectory(atPath: "/etc").sorted())
    }

    private func mountInfo() throws -> String {
        try readKernelFile("/proc/1/mountinfo")
    }
}
