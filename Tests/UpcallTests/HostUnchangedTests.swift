import CLinux
import Foundation
import LinuxSystem
import Testing

/// An upcall must leave no trace on the host.
@Suite("The host", .upcalls, .serialized)
struct HostUnchangedTests {
    let host: TestHost
    init() async throws { host = try await TestHost.shared() }

    @Test("An upcall changes neither mounts nor resolv.conf")
    func unchanged() async throws {
        try await expectUnchanged(crashing: .endedBySIGABRT)
        try await expectUnchanged(crashing: .endedInNamespace)
    }

    @Test("An upcall changes neither if mounts are shared, as under systemd")
    func unchangedWithSharedMounts() async throws {
        let mounts = try mountInfo()
        guard !mounts.contains("shared:") else { return try await expectUnchanged(crashing: .endedBySIGQUIT) }
        // Scripts/test.sh looks for this file, in case this process does not finish.
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
            _ = await Upcall.request(Scenario.inNamespace.name(domain))
        }
        async let ended = Upcall.request(scenario.name())
        try await Handler.waiting(in: scenario).end(by: SIGABRT)
        #expect(await ended.errno?.code == EIO)
        let after = try snapshot()
        #expect(after.mounts == before.mounts)
        #expect(after.resolvConf == before.resolvConf)
        #expect(after.files == before.files)
    }

    /// What an upcall could change. Other programs on the host may mount and write elsewhere meanwhile.
    private struct Snapshot {
        let mounts: [String]
        let resolvConf: String
        /// The inode number and change time of each file in /etc that name services read, and of /etc/request-key.conf.
        let files: [String: String]
    }

    private func snapshot() throws -> Snapshot {
        let mounts = try mountInfo().split(separator: "\n").map(String.init).filter { line in
            let place = line.split(separator: " ")[4]
            return ["/", "/sys", "/run", "/etc"].contains(place) || place.hasPrefix("/etc/")
                || place.contains("nscd") || place.contains("resolv")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "/etc").filter {
            $0.contains("resolv") || $0.contains("host") || $0.contains("nss") || $0.contains("request-key")
                || $0 == "gai.conf"
        }
        let files = try names.map { name in
            var status = stat()
            try checked(lstat("/etc/\(name)", &status))
            return (name, "\(status.st_ino) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)")
        }
        return Snapshot(
            mounts: mounts, resolvConf: try String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8),
            files: Dictionary(uniqueKeysWithValues: files))
    }

    private func mountInfo() throws -> String {
        try readKernelFile("/proc/1/mountinfo")
    }
}
