import LinuxSystem

/// Splits `/proc/PID/cmdline` into the arguments: proc_pid_cmdline(5).
func arguments(ofCommandLine content: Bytes) -> [Bytes] {
    guard !content.isEmpty else { return [] }
    let text = content.last == 0 ? content.dropLast() : content[...]
    return text.split(separator: 0, omittingEmptySubsequences: false).map { Bytes($0) }
}

/// Whether `/proc/PID/status` tells of a process that is root in every respect and in no other PID namespace than
/// the one that `/proc` shows: proc_pid_status(5). A process in a container's own namespace has a second `NSpid`.
func isRootOutsideContainers(status content: Bytes) -> Bool {
    var isRoot = false
    var isOutside = false
    for line in content.split(separator: UInt8(ascii: "\n")) {
        if line.starts(with: "Uid:") {
            let ids = words(line.dropFirst(4))
            isRoot = ids.count == 4 && ids.allSatisfy { $0.equals("0") }
        } else if line.starts(with: "NSpid:") {
            isOutside = words(line.dropFirst(6)).count == 1
        }
    }
    return isRoot && isOutside
}

/// Whether one of the cgroups of `/proc/PID/cgroup` is a Pod's: cgroups(7). The kubelet puts every Pod below
/// `kubepods`, or `kubepods.slice`, of whatever its root is.
func isPod(cgroup content: Bytes) -> Bool {
    let mark = Bytes("kubepods")
    return content.indices.contains { content[$0...].starts(with: mark) }
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/PID/stat`, proc_pid_stat(5). nil for one
/// that has ended but is still listed.
func startTime(stat content: Bytes) -> Int? {
    // The second field is the program's name in parentheses, with any characters in it.
    guard let nameEnd = content.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    // What follows the twenty-second is not looked at: it would only cost time.
    let fields = content[(nameEnd + 1)...].split(maxSplits: 20) { $0.isSpace }
    guard let state = fields.first, !state.equals("Z"), !state.equals("X") else { return nil }
    return fields.count > 19 ? decimal(fields[19], atMost: .max / 16) : nil
}

/// The parts between blanks, tabs and line ends.
func words(_ text: some Collection<UInt8>) -> [Bytes] {
    text.split { $0.isSpace }.map { Bytes($0) }
}
