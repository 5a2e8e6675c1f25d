import Foundation
import LinuxSystem
import Testing

/// The tables in docs/compatibility.md: the same requests, answered by this program and by those that it replaces.
@Suite("Compared with key.dns_resolver and kafs-dns", .upcalls)
struct CompatibilityTests {
    init() async throws { _ = try await TestHost.shared() }

    /// A row of the table.
    struct Row: CustomTestStringConvertible {
        let peer: Scenario
        /// `NAME` in it is replaced by a label that no other request has.
        let description: String
        let callout: String
        let expectedOfPeer: String
        let expected: String
        var testDescription: String { "\(peer) \(description) '\(callout)'" }
    }

    static let rows: [Row] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let page = folder.appending(path: "../../docs/compatibility.md").standardized
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        var peer = Scenario.keyDNSResolver
        let lines: [Substring] = text.split(separator: "\n")
        return lines.compactMap { line -> Row? in
            if line.hasPrefix("## ") { peer = line.contains("kafs-dns") ? .kafsDNS : .keyDNSResolver }
            // Description, callout, the peer's answer, ours, reason; all but the last are code.
            let cells = line.split(separator: "|").map { $0.trimming { $0.isWhitespace } }
            guard cells.count == 5, cells[0].hasPrefix("`") else { return nil }
            let codes = cells.prefix(4).map { $0[...].trimming { $0 == "`" } }
            return Row(
                peer: peer, description: codes[0], callout: codes[1], expectedOfPeer: codes[2], expected: codes[3])
        }
    }()

    @Test("The page has its tables")
    func page() {
        #expect(Self.rows(beside: .keyDNSResolver).count >= 15)
        #expect(Self.rows(beside: .kafsDNS).count >= 5)
    }

    @Test("key.dns_resolver and the program answer as the page says", arguments: rows(beside: .keyDNSResolver))
    func keyDNSResolver(_ row: Row) async throws {
        try await expectAnswers(to: row)
    }

    @Test(
        "kafs-dns and the program answer as the page says",
        .enabled(if: hasKAFS || Obstacle.isRequired, "there is no kafs-dns"), arguments: rows(beside: .kafsDNS))
    func kafsDNS(_ row: Row) async throws {
        try await expectAnswers(to: row)
    }

    private static var hasKAFS: Bool {
        Obstacle.directory.map { FileManager.default.fileExists(atPath: $0 + "/kafs-client") } ?? false
    }

    private static func rows(beside peer: Scenario) -> [Row] { rows.filter { $0.peer == peer } }

    private func expectAnswers(to row: Row) async throws {
        let ofPeer = try await answer(of: row.peer, to: row)
        #expect(ofPeer == row.expectedOfPeer)
        let ours = try await answer(of: .noKubelet, to: row)
        #expect(ours == row.expected)
    }

    private func answer(of scenario: Scenario, to row: Row) async throws -> String {
        let label = scenario.name("").dropLast()
        let upcall = await Upcall.request(
            row.description.replacing("NAME", with: String(label)), callout: row.callout)
        guard case .success(let payload) = upcall.answer else { return upcall.errno?.text ?? "" }
        guard payload.first == 0 else { return upcall.addresses.sorted().joined(separator: ",") }
        let list = try DecodedServerList(payload)
        let servers = list.servers.map { server in
            "\(server.name):\(server.port) " + server.addresses.sorted().joined(separator: ",")
        }
        return (["source \(list.source), status \(list.status)"] + servers.sorted()).joined(separator: "; ")
    }
}

extension Substring {
    fileprivate func trimming(while isSurplus: (Character) -> Bool) -> String {
        let start = trimmingPrefix(while: isSurplus)
        return String(String(start.reversed()).trimmingPrefix(while: isSurplus).reversed())
    }
}
