import LinuxSystem

/// Runs a check in a child process, since it may hang, drops its privileges, or changes its view of the host.
///
/// - Parameters:
///   - time: How long it may take.
///   - body: Returns its findings.
/// - Returns: The findings; nil if they did not arrive in time.
func isolated(within time: Duration, _ body: () -> [Finding]) -> [Finding]? {
    let output = try? ChildProcess.output(until: Deadline(after: time), limit: 1 << 20) { output in
        try? writeAll(encoded(body()), to: output)
    }
    guard let output, output.isComplete else { return nil }
    return decoded(output.bytes)
}

/// Each finding as its link, its level, and two texts that end in NUL, which escaped text cannot contain. A final NUL
/// marks the list as complete.
func encoded(_ findings: [Finding]) -> Bytes {
    var bytes = Bytes()
    for finding in findings {
        bytes += [finding.link.rawValue + 1, finding.level.rawValue]
        bytes += finding.reason
        bytes.append(0)
        bytes += finding.remedy
        bytes.append(0)
    }
    return bytes + [0]
}

/// Nil for an incomplete list.
func decoded(_ bytes: Bytes) -> [Finding]? {
    var findings: [Finding] = []
    var rest = bytes[...]
    func text() -> String? {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
    while let link = rest.popFirst() {
        guard link != 0 else { return findings }
        guard let link = Link(rawValue: link - 1), let level = rest.popFirst().flatMap(Level.init(rawValue:)),
            let reason = text(), let remedy = text()
        else { return nil }
        findings.append(Finding(link: link, level: level, reason: reason, remedy: remedy))
    }
    return nil
}
