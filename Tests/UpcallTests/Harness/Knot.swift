import Foundation

/// Starts Knot DNS with some zones, on port 53 of loopback addresses. Scripts/test.sh stops it.
///
/// - Parameter brokenZones: Zones whose file is missing, so that the answer is SERVFAIL.
func startKnot(
    name: String, addresses: [String], zones: [String: String], brokenZones: [String], in directory: URL
) throws {
    let home = directory.appending(path: "knot-\(name)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    var configuration = """
        server:
          rundir: "\(home.path)"
          listen: [ \(addresses.map { "\"\($0)@53\"" }.joined(separator: ", ")) ]
          answer-rotation: on
          udp-workers: 1
          tcp-workers: 1
          background-workers: 1
        log:
          - target: "\(home.appending(path: "log").path)"
            any: info
        database:
          storage: "\(home.path)"
        template:
          - id: default
            storage: "\(home.path)"
            zonefile-sync: -1
            journal-content: none
        zone:

        """
    for zone in zones.keys.sorted() + brokenZones {
        configuration += "  - domain: \"\(zone)\"\n    file: \"\(zoneFile(zone))\"\n"
    }
    for (zone, text) in zones {
        try Data(text.utf8).write(to: home.appending(path: zoneFile(zone)))
    }
    let configurationFile = home.appending(path: "knot.conf")
    try Data(configuration.utf8).write(to: configurationFile)

    let server = Process()
    server.executableURL = URL(filePath: "/usr/sbin/knotd")
    server.arguments = ["-c", configurationFile.path]
    server.standardOutput = FileHandle.nullDevice
    server.standardError = FileHandle.nullDevice
    try server.run()
    try Data("\(server.processIdentifier)\n".utf8)
        .write(to: directory.appending(path: "knot-\(name).pid"))
    // Knot opens its sockets before it reads the zones, and answers only afterwards.
    for address in addresses {
        guard try ScriptedDNSServer.waitForAnswer(from: address) else {
            let log = try? String(contentsOf: home.appending(path: "log"), encoding: .utf8)
            throw SetUpFailure("knotd does not answer on \(address):\n\(log ?? "no log")")
        }
    }
}

private func zoneFile(_ zone: String) -> String { zone == "." ? "root.zone" : "\(zone).zone" }
