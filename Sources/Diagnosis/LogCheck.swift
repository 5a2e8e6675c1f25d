import LinuxSystem

/// The last failures that the program and request-key have logged, from journald.
enum LogCheck {
    private static let program: StaticString = "/usr/bin/journalctl"
    private static let arguments: [StaticString] = [
        "--identifier=resolver", "--identifier=request-key", "--priority=warning", "--since=-1h", "--lines=50",
        "--output=short-iso", "--no-pager", "--quiet",
    ]
    private static let seconds = 10
    private static let largest = 1 << 20

    static func run(_ host: borrowing ExaminedHost) -> Finding {
        guard host.exists(program), host.exists("/run/log/journal") || host.exists("/var/log/journal") else {
            return .good(.log, "no journal is kept here; the system's log has failures under the name resolver")
        }
        guard host.isRoot else {
            return .unchecked(.log, "the journal is not shown to every user", "run this as root")
        }
        guard
            let output = try? ChildProcess.output(
                of: program, arguments.map { Bytes($0) }, within: seconds, limit: largest),
            output.isComplete
        else {
            return .unchecked(
                .log, "journalctl did not end within \(seconds) s", "journalctl -t resolver -p warning")
        }
        return finding(output.bytes)
    }

    static func finding(_ journal: Bytes) -> Finding {
        let lines = journal.split(separator: UInt8(ascii: "\n")).filter { !$0.contain(UpcallCheck.marker) }
        guard let last = lines.last else { return .good(.log, "no failure within the last hour") }
        let count = lines.count == 1 ? "one failure" : "\(lines.count) failures"
        return .warning(
            .log, "\(count) within the last hour, the last one: \(escaped(last, limit: 400))",
            "journalctl -t resolver shows all; resolver(8) and the README say what the lines mean")
    }
}
