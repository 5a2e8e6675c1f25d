import Foundation
import LinuxSystem
import Testing

/// The machine as Scripts/test.sh prepares it: every user can reach the program, bind mounts let the tests write the
/// host's name service files and upcall rules, and /dev/log leads here.
struct TestHost: Sendable {
    /// The host, set up for the first test that needs it, with running DNS servers.
    static func shared() async throws -> TestHost { try await setUp.value }

    private static let setUp = Task { try await onOwnThread { try TestHost() } }

    let directory: URL
    let log: LogSocket
    /// A server that receives queries and never answers.
    let silentServer: ScriptedDNSServer
    /// A server that truncates its answer over UDP and never reads over TCP, for which the C library has no time limit.
    let holdingServer: ScriptedDNSServer

    /// The directory with the files of the package kafs-client.
    var kafs: String { directory.appending(path: "kafs-client").path }

    var program: String { directory.appending(path: "resolver").path }

    /// The name server of the host's own resolv.conf.
    static let hostServer = "127.0.0.181"
    static let hostResolvConf = "nameserver \(hostServer)\nsearch search.example\n"

    private init() throws {
        guard let path = Obstacle.directory else { throw SetUpFailure(Obstacle.reason) }
        directory = URL(filePath: path, directoryHint: .isDirectory)
        log = try LogSocket(path: directory.appending(path: "log").path)
        silentServer = try ScriptedDNSServer(address: "127.0.0.192") { _ in nil }
        holdingServer = try ScriptedDNSServer(address: "127.0.0.162", answer: ScriptedDNSServer.truncated)
        _ = try ScriptedDNSServer(address: "127.0.0.193", answer: ScriptedDNSServer.garbage)
        _ = try ScriptedDNSServer(address: "127.0.0.194", answer: ScriptedDNSServer.refusal)
        _ = try ScriptedDNSServer(address: "127.0.0.195", answer: ScriptedDNSServer.truncatedForUs)
        _ = try ScriptedDNSServer(address: "127.0.0.198", answer: ScriptedDNSServer.withoutEDNS)
        try startKnot(
            name: "cluster", addresses: ["127.0.0.180", "::1"], zones: Zones.cluster,
            brokenZones: ["broken.svc.cluster.local"], in: directory)
        try startKnot(
            name: "host", addresses: [Self.hostServer], zones: Zones.host, brokenZones: ["broken.example"],
            in: directory)
        try write(Self.hostResolvConf, to: "resolv.conf")
        try write("hosts: files dns\n", to: "nsswitch.conf")
        try write("127.0.0.1 localhost\n::1 localhost\n" + Zones.hostsFile, to: "hosts")
        for scenario in Scenario.allCases { try scenario.install(on: self) }
    }

    /// Writes a file in the test directory. It is not replaced, since a bind mount shows the same file.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = directory.appending(path: name).path
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}

/// Why the tests cannot start. A failed `#require` would be reported for the first test only.
struct SetUpFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Why the kernel's upcalls cannot be tested on this machine.
enum Obstacle {
    private static let environment = ProcessInfo.processInfo.environment

    static let directory = environment["UPCALL_TESTS_DIRECTORY"]
    static let isRequired = environment["RESOLVER_REQUIRE_KERNEL"].map { !$0.isEmpty } ?? false
    static let reason = environment["UPCALL_TESTS_OBSTACLE"] ?? "not started by Scripts/test.sh"
}

extension Trait where Self == ConditionTrait {
    /// For tests with the real kernel: without it they are skipped, or fail if they are required.
    static var upcalls: Self {
        .enabled(
            if: Obstacle.directory != nil || Obstacle.isRequired,
            Comment(rawValue: "the kernel's upcalls cannot be tested: \(Obstacle.reason)"))
    }
}
