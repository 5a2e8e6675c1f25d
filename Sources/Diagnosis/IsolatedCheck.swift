import CLinux
import LinuxSystem

/// Runs a check in a child process: one that may hang, gives up its privileges, or changes what it sees of the host.
///
/// - Parameters:
///   - seconds: How long it may take.
///   - body: Returns its findings.
/// - Returns: The findings; nil if they did not come in time.
func isolated(within seconds: Int, _ body: () -> [Finding]) -> [Finding]? {
    let output = try? ChildProcess.output(within: seconds, limit: 1 << 20) { output in
        try? writeAll(encoded(body()), to: output)
    }
    guard let output, output.isComplete else { return nil }
    return decoded(output.bytes)
}

/// Each finding as its link, its level, and two texts that end in NUL: findings hold escaped text only. A last NUL tells
/// that the list is whole.
private func encoded(_ findings: [Finding]) -> Bytes {
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

private func decoded(_ bytes: Bytes) -> [Finding]? {
    var findings: [Finding] = []
    var rest = bytes[...]
    func text() -> String {
        let text = rest.prefix { $0 != 0 }
        rest = rest.dropFirst(text.count + 1)
        return String(decoding: text, as: UTF8.self)
    }
    while let link = rest.popFirst(), link != 0 {
        guard let link = Link(rawValue: link - 1), let level = rest.popFirst().flatMap(Level.init(rawValue:)) else {
            return nil
        }
        findings.append(Finding(link: link, level: level, reason: text(), remedy: text()))
    }
    // An empty rest would also be that of a child that was killed.
    return bytes.last == 0 ? findings : nil
}
