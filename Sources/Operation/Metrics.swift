import DNSUpcall
import LinuxSystem

/// The counters in the text format of Prometheus, for the textfile collector of its node exporter: `--metrics`.
public struct Metrics {
    public private(set) var text = ""

    /// - Parameters:
    ///   - history: Nil if there was no upcall yet.
    ///   - keys: The kernel's cached names; nil if they cannot be read.
    public init(history: UpcallHistory?, keys: [CachedKey]?) {
        if let history {
            upcalls(history.counters)
            durations(history.counters)
            begin(
                "resolver_log_lines_left_out_total", "counter", "Warnings and errors omitted from the log.")
            line("resolver_log_lines_left_out_total", history.logBudget.leftOut)
        }
        if let keys { cache(keys) }
    }

    private mutating func upcalls(_ counters: UpcallCounters) {
        begin(
            "resolver_upcalls_total", "counter", "Finished upcalls, by the view that was asked and the result."
        )
        for view in UpcallCounters.views {
            for result in UpcallResult.allCases {
                line(
                    "resolver_upcalls_total{view=\"\(name(view))\",result=\"\(result.name)\"}",
                    counters.upcalls(view, result))
            }
        }
    }

    private mutating func durations(_ counters: UpcallCounters) {
        let metric = "resolver_upcall_duration_seconds"
        begin(metric, "histogram", "Time from the start of an upcall to its answer.")
        for view in UpcallCounters.views {
            let view = (name: name(view), buckets: counters.histogram(view), sum: counters.microseconds(view))
            var sum: UInt64 = 0
            for (index, count) in view.buckets.enumerated() {
                sum &+= count
                let bound =
                    index < UpcallCounters.bounds.count ? seconds(UInt64(UpcallCounters.bounds[index])) : "+Inf"
                line("\(metric)_bucket{view=\"\(view.name)\",le=\"\(bound)\"}", sum)
            }
            line("\(metric)_sum{view=\"\(view.name)\"}", seconds(view.sum))
            line("\(metric)_count{view=\"\(view.name)\"}", sum)
        }
    }

    private mutating func cache(_ keys: [CachedKey]) {
        begin("resolver_cache_entries", "gauge", "Names that the kernel has cached, by the state of their keys.")
        let negative = keys.filter { if case .negative = $0.state { true } else { false } }.count
        let positive = keys.filter { $0.state == .positive }.count
        line("resolver_cache_entries{state=\"positive\"}", UInt64(positive))
        line("resolver_cache_entries{state=\"negative\"}", UInt64(negative))
        line("resolver_cache_entries{state=\"being_looked_up\"}", UInt64(keys.count - positive - negative))
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ value: UInt64) { line(name, "\(value)") }
    private mutating func line(_ name: String, _ value: String) { text += "\(name) \(value)\n" }

    private func name(_ view: View?) -> String { view?.text ?? "none" }

    /// Microseconds as seconds, without trailing zeros: `0.0025`.
    private func seconds(_ microseconds: UInt64) -> String {
        var fraction = Bytes("\(1_000_000 + microseconds % 1_000_000)".utf8.dropFirst())
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        let point = fraction.isEmpty ? "" : "."
        return "\(microseconds / 1_000_000)\(point)\(String(decoding: fraction, as: UTF8.self))"
    }
}
