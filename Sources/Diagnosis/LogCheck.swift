import LinuxSystem

/// What /sbin/request-key logged in the journal: programs that it could not execute, rules that it could not read.
enum LogCheck {
    private static let program: StaticString = "/usr/bin/journalctl"
    private static let arguments: [StaticString] = [
        "--identifier=request-key", "--priority=warning", "--since=-1h", "--lines=50", "--output=short-iso",
        "--no-pager", "--quiet",
    ]
    private static var patience: Duration { .seconds(10) }
    private static let largest = 1 << 20

    static func run(_ host: borrowing ExaminedHost) -> Finding {
        guard host.exists(program), host.exists("/run/log/journal") || host.exists("/var/log/journal") else {
            return .good(.log, "no journal is kept here; the system log has the messages of request-key")
        }
        guard host.isRoot else {
            return .unchecked(.log, "not every user may read the journal", "run this as root")
        }
        guard
            let output = try? ChildProcess.output(
                of: program, arguments.map { Bytes($0) }, until: Deadline(after: patience), limit: largest),
            output.isComplete
        else {
            return .unchecked(
                .log, "journalctl did not finish within 10 s", "run journalctl -t request-key -p warning")
        }
        return finding(output.bytes)
    }

    static func finding(_ journal: Bytes) -> Finding {
        let lines = journal.split(separator: UInt8(ascii: "\n"))
        guard let last = lines.last else { return .good(.log, "request-key logged no failure in the last hour") }
        let count = lines.count == 1 ? "one failure of request-key" : "\(lines.count) failures of request-key"
        return .warning(
            .log, "\(count) within the last hour, the last one: \(escaped(last, limit: 400))",
            "journalctl -t request-key shows all")
    }
}
