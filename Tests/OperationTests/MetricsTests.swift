import Testing

@testable import DNSUpcall
@testable import LinuxSystem
@testable import Operation

@Suite("Metrics")
struct MetricsTests {
    private func metrics() throws -> [String] {
        let file = try HistoryFile()
        let history = try #require(file.open())
        for microseconds in [900, 1000, 1001, 2_203_071, 7_000_000] {
            history.counters.count(.cluster, .found, microseconds: microseconds)
        }
        history.counters.count(nil, .invalid, microseconds: 10)
        let states: [CachedKey.State] = [.positive, .negative(nil), .positive, .beingLookedUp]
        let keys = states.map { CachedKey(serial: 1, description: [], state: $0, secondsLeft: nil) }
        return Metrics(history: history, keys: keys).text.split(separator: "\n").map(String.init)
    }

    @Test(
        "Upcalls are counted by view and result",
        arguments: [
            #"resolver_upcalls_total{view="cluster",result="found"} 5"#,
            #"resolver_upcalls_total{view="none",result="invalid"} 1"#,
            #"resolver_upcalls_total{view="host",result="crashed"} 0"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="0.001"} 2"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="0.0025"} 3"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="1"} 3"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="2.5"} 4"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="5"} 4"#,
            #"resolver_upcall_duration_seconds_bucket{view="cluster",le="+Inf"} 5"#,
            #"resolver_upcall_duration_seconds_sum{view="cluster"} 9.205972"#,
            #"resolver_upcall_duration_seconds_count{view="cluster"} 5"#,
            #"resolver_log_lines_left_out_total 0"#, #"resolver_cache_entries{state="positive"} 2"#,
            #"resolver_cache_entries{state="negative"} 1"#, #"resolver_cache_entries{state="being_looked_up"} 1"#,
        ])
    func line(line: String) throws {
        #expect(try metrics().contains(line))
    }

    /// The text format, version 0.0.4.
    @Test("Each metric is described once, before its samples")
    func format() throws {
        var described: [Substring] = []
        for line in try metrics() {
            let words = line.split(separator: " ", maxSplits: 3)
            if words[0] == "#" {
                #expect(words[1] == "HELP" || words[1] == "TYPE")
                if words[1] == "HELP" { described.append(words[2]) }
            } else {
                let name = try #require(described.last)
                #expect(words[0].hasPrefix(name))
                #expect(Double(words[1]) != nil)
            }
        }
        #expect(Set(described).count == described.count)
    }
}
