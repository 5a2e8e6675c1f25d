import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the config file says what it should.
enum ConfigCheck {
    /// - Parameters:
    ///   - file: What the command line or the rule names; nil for the usual file, which may be missing.
    ///   - root: The directory that the usual file is looked for in.
    static func run(_ host: borrowing ExaminedHost, file: Bytes?, root: Bytes) -> (Configuration, [Finding]) {
        let path = file ?? Bytes(Configuration.path)
        let name = escaped(path)
        guard host.status(of: path) != nil || file != nil else {
            return (Configuration(), [.good(.config, "\(name) does not exist: the defaults are in force")])
        }
        let (configuration, problems) = Configuration.load(host.isLive ? path : root + path, isOptional: false)
        var findings: [Finding] = problems.map { problem in
            guard let line = problem.line else {
                return .warning(
                    .config, "\(name): \(problem.reason): the defaults are in force", "make it a readable file")
            }
            return .warning(
                .config, "\(name):\(line): \(problem.reason). The line has no effect",
                "correct it; resolver.conf(5) has all options")
        }
        if let status = host.status(of: path), let reason = host.tree.distrust(of: status) {
            findings.append(
                .bad(
                    .config, "\(name): \(reason), and with that choose where the kernel's lookups go",
                    "chown root:root \(name) && chmod 644 \(name)"))
        }
        if findings.isEmpty { findings.append(.good(.config, "\(name) has no mistakes")) }
        return (configuration, findings)
    }
}
