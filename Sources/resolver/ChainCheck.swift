import CLinux
import DNSUpcall
import Diagnosis
import LinuxSystem

/// `--check`: examines the whole chain and shows what it finds.
///
/// - Returns: The exit status: 0, 1 for warnings, 2 where something is bad.
func check(_ name: Bytes?, asJSON: Bool, _ options: Invocation.Options) -> Int32 {
    let diagnosis = Diagnosis(root: options.root ?? Bytes("/"), name: name, configFile: options.configFile) {
        arguments in
        switch Invocation(program: [], arguments: arguments) {
        case .upcall(_, let options): .understood(configFile: options.configFile)
        case .misuse(let reason, _): .misunderstood(reason: reason)
        default: .misunderstood(reason: "the arguments do not have it answer a key")
        }
    }
    if asJSON {
        var findings: [Finding] = []
        diagnosis.run { findings.append($0) }
        try? writeAll(checkJSON(findings), to: STDOUT_FILENO)
        return Int32(worstLevel(findings).rawValue)
    }
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var report = CheckReport(isTerminal: isTerminal, width: Int(linux_terminal_width(STDOUT_FILENO)))
    // As each comes: some take seconds.
    diagnosis.run { try? writeAll(report.text($0), to: STDOUT_FILENO) }
    try? writeAll(report.summary, to: STDOUT_FILENO)
    return Int32(report.level.rawValue)
}
