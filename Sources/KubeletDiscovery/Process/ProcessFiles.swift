import LinuxSystem

/// Parses the files of `/proc/PID`.
enum ProcessFiles {
    /// The arguments in `cmdline`: proc_pid_cmdline(5).
    static func arguments(commandLine content: Bytes) -> [Bytes] {
        guard !content.isEmpty else { return [] }
        let text = content.last == 0 ? content.dropLast() : content[...]
        return text.split(separator: 0, omittingEmptySubsequences: false).map { Bytes($0) }
    }

    /// Whether all user ids in `status` are root's, and the process is in the PID namespace of this `/proc`:
    /// proc_pid_status(5). A process in a container's own PID namespace has a second `NSpid`.
    static func isRootOutsideContainers(status content: Bytes) -> Bool {
        var isRoot = false
        var isOutside = false
        for line in content.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "Uid:") {
                let ids = line.dropFirst(4).split { $0.isSpace }
                isRoot = ids.count == 4 && ids.allSatisfy { $0.equals("0") }
            } else if line.starts(with: "NSpid:") {
                isOutside = line.dropFirst(6).split { $0.isSpace }.count == 1
            }
        }
        return isRoot && isOutside
    }

    /// Whether one of the control groups in `cgroup` is a Pod's: cgroups(7). The kubelet puts every Pod below
    /// `kubepods` or `kubepods.slice`, whatever its root is.
    static func isPod(cgroup content: Bytes) -> Bool {
        let mark = Bytes("kubepods")
        return content.indices.contains { content[$0...].starts(with: mark) }
    }

    /// Field 22 of `stat`, the start time in clock ticks since boot: proc_pid_stat(5). Nil for a zombie.
    static func startTime(stat content: Bytes) -> Int? {
        // The second field is the program's name in parentheses; it can contain any characters.
        guard let nameEnd = content.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = content[(nameEnd + 1)...].split(maxSplits: 20) { $0.isSpace }
        guard let state = fields.first, !state.equals("Z"), !state.equals("X") else { return nil }
        return fields.count > 19 ? decimal(fields[19], atMost: .max / 16) : nil
    }
}
