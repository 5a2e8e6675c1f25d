import DNSUpcall
import LinuxSystem

/// Whether the config file is valid and trustworthy.
enum ConfigCheck {
    /// - Parameters:
    ///   - file: The file that the command line or the rule names; nil for the usual file, which may be missing.
    ///   - root: The directory that is searched for the usual file.
    static func run(_ host: borrowing ExaminedHost, file: Bytes?, root: Bytes) -> (Configuration, [Finding]) {
        let path = file ?? Bytes(Configuration.path)
        let name = escaped(path)
        guard host.status(of: path) != nil || file != nil else {
            return (Configuration(), [.good(.config, "\(name) does not exist: the defaults apply")])
        }
        let (configuration, problems) = Configuration.load(host.isLive ? path : root + path, isOptional: false)
        var findings: [Finding] = problems.map { problem in
            guard let line = problem.line else {
                return .warning(
                    .config, "\(name): \(problem.reason): the defaults apply", "make it a readable file")
            }
            return .warning(
                .config, "\(name):\(line): \(problem.reason). The line has no effect",
                problem.isMistake ? "correct it; resolver.conf(5) lists all options" : "remove that line")
        }
        if let status = host.status(of: path), let reason = host.tree.distrust(of: status) {
            findings.append(
                .bad(
                    .config, "\(name): \(reason.text), and so choose where the kernel's lookups go",
                    "chown root:root \(name) && chmod 644 \(name)"))
        }
        if findings.isEmpty { findings.append(.good(.config, "\(name) has no errors")) }
        return (configuration, findings)
    }
}
