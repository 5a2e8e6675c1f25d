import CLinux
import DNSUpcall
import Diagnosis
import LinuxSystem

/// `--check`: examines the whole chain and shows the findings.
enum CheckCommand {
    /// - Returns: The exit status: 0, 1 with warnings, or 2 if something is bad.
    static func run(_ name: Bytes?, asJSON: Bool, _ options: Command.Options) -> Int32 {
        let diagnosis = Diagnosis(root: options.root ?? Bytes("/"), name: name, configFile: options.configFile) {
            arguments in
            switch Command(arguments: arguments) {
            case .answer(_, let options): .understood(configFile: options.configFile)
            case .misuse(let reason, _): .misunderstood(reason: reason)
            default: .misunderstood(reason: "these arguments do not make it answer a key")
            }
        }
        if asJSON {
            var findings: [Finding] = []
            diagnosis.run { findings.append($0) }
            Console.print(findings.json)
            return Int32(findings.worstLevel.rawValue)
        }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var report = CheckReport(isTerminal: isTerminal, width: Int(linux_terminal_width(STDOUT_FILENO)))
        // Each as soon as there is one: some checks take seconds.
        diagnosis.run { Console.print(report.text($0)) }
        Console.print(report.summary)
        return Int32(report.level.rawValue)
    }
}
