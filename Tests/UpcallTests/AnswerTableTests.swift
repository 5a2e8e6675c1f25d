import CLinux
import Testing

/// The answer to every combination of query type, callout and available records.
@Suite("Query type, callout and records", .upcalls)
struct AnswerTableTests {
    init() async throws { _ = try await TestHost.shared() }

    struct Case: CustomTestStringConvertible {
        let queryType: String
        let callout: String
        /// The label below `svc` that determines the available records.
        let records: String
        /// The addresses in the payload; none for ENODATA.
        let expected: [String]

        var testDescription: String { "\(queryType)\(records) '\(callout)'" }
    }

    private static let addresses = ["v4": ["10.10.0.2"], "v6": ["fd10::2"], "dual": ["10.10.0.3", "fd10::3"]]

    static let cases = ["", "a:", "aaaa:"].flatMap { queryType in
        ["", "ipv4", "ipv6", "ipv4 ipv6", "list", "ipv4 list", "list ipv6", "srv=1 ttl"].flatMap { callout in
            ["v4", "v6", "dual", "textonly"].map { records in
                Case(
                    queryType: queryType, callout: callout, records: records,
                    expected: expected(queryType, callout.split(separator: " "), addresses[records] ?? []))
            }
        }
    }

    /// The type overrides the callout; both families together mean either; a single address is IPv4 if there is one.
    private static func expected(_ queryType: String, _ words: [Substring], _ addresses: [String]) -> [String] {
        let ipv4 = queryType == "a:" || queryType.isEmpty && (words.contains("ipv4") || !words.contains("ipv6"))
        let ipv6 = queryType == "aaaa:" || queryType.isEmpty && (words.contains("ipv6") || !words.contains("ipv4"))
        let wanted = addresses.filter { $0.contains(":") ? ipv6 : ipv4 }
        return words.contains("list") ? wanted : Array(wanted.prefix(1))
    }

    @Test("Each request has its payload", arguments: cases)
    func payload(_ request: Case) async {
        let name = request.queryType + Scenario.cluster.name("\(request.records).svc.cluster.local")
        let upcall = await Upcall.request(name, callout: request.callout)
        if request.expected.isEmpty {
            #expect(upcall.errno?.code == ENODATA)
        } else {
            #expect(upcall.addresses.sorted() == request.expected.sorted())
        }
    }

    @Test("A server without EDNS is understood, and its TTL counts")
    func withoutEDNS() async throws {
        #expect(await Upcall.request(Scenario.withoutEDNS.name()).outcome == "10.10.0.2")
        try await expectLifetime(of: .withoutEDNS, "v4.svc.cluster.local", 4)
    }
}
