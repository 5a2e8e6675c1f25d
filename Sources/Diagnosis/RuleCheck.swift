import CLinux
import LinuxSystem

/// Which program /sbin/request-key starts for a name.
enum RuleCheck {
    private static let directory: StaticString = "/etc/request-key.d"
    private static let mainFile: StaticString = "/etc/request-key.conf"
    /// The largest rule file that is read, in bytes.
    private static let largest = 1 << 20
    private static let mostFiles = 1024

    /// What the rules do, and what is wrong with them.
    struct Result {
        var findings: [Finding] = []
        /// The winning rule, if request-key can execute it.
        var winner: RequestKeyRule?
        /// Whether it starts this program so that it can answer.
        var isOurs = false
    }

    static func run(_ host: borrowing ExaminedHost, name: Bytes) -> Result {
        var result = Result()
        do throws(RequestKeyProblem) {
            let (rules, skipped) = try read(host, name)
            result.findings = skipped
            result.judge(rules, host)
        } catch {
            guard !error.isHidden else {
                result.findings = [
                    .unchecked(.rule, "this user may not read \(escaped(error.file))", "run this as root")
                ]
                return result
            }
            let place = error.line.map { "\(escaped(error.file)):\($0)" } ?? escaped(error.file)
            result.findings.append(
                .bad(
                    .rule, "\(place): \(error.reason). /sbin/request-key gives up there, and no lookup is answered",
                    "correct or remove \(error.line == nil ? "the file" : "that line")"))
        }
        return result
    }

    /// The matching rules in the order in which they are read, and findings about the files that are skipped.
    private static func read(
        _ host: borrowing ExaminedHost, _ name: Bytes
    ) throws(RequestKeyProblem) -> (rules: [RequestKeyRule], skipped: [Finding]) {
        var rules: [RequestKeyRule] = []
        var skipped: [Finding] = []
        let entries = (try? host.entries(of: Bytes(directory), atMost: mostFiles)) ?? []
        for (entry, type) in entries {
            guard entry.first != UInt8(ascii: "."), entry.count >= 5, entry.suffix(5).equals(".conf") else {
                continue
            }
            let path = Bytes(directory) + [UInt8(ascii: "/")] + entry
            guard let status = host.status(of: path, following: false) else { continue }
            // If the file system gives no types, request-key opens everything.
            guard status.isRegularFile || type == .unknown else {
                if status.isSymbolicLink, let content = try? host.read(path, limit: largest),
                    let found = try? RequestKeyRules.matching(name, in: content, of: path), !found.isEmpty
                {
                    skipped.append(
                        .warning(
                            .rule, "\(escaped(path)) is a symbolic link: request-key skips it and its rules",
                            "replace the link with a copy of the file"))
                }
                continue
            }
            rules += try matching(name, path, host)
        }
        if host.exists(mainFile) { rules += try matching(name, Bytes(mainFile), host) }
        return (rules, skipped)
    }

    private static func matching(
        _ name: Bytes, _ path: Bytes, _ host: borrowing ExaminedHost
    ) throws(RequestKeyProblem) -> [RequestKeyRule] {
        let content: Bytes
        do {
            content = try host.read(path, limit: largest)
        } catch {
            switch error {
            case .failed(let errno):
                throw RequestKeyProblem(
                    file: path, line: nil, reason: errno.text, isHidden: errno.code == EACCES && !host.isRoot)
            default: throw RequestKeyProblem(file: path, line: nil, reason: error.text)
            }
        }
        return try RequestKeyRules.matching(name, in: content, of: path)
    }
}

extension RuleCheck.Result {
    fileprivate mutating func judge(_ rules: [RequestKeyRule], _ host: borrowing ExaminedHost) {
        guard let winner = RequestKeyRules.winner(among: rules) else {
            findings.append(
                .bad(
                    .rule, "no rule in /etc/request-key.conf or /etc/request-key.d matches this name",
                    "run 'make install', or add 'create dns_resolver * * PROGRAM %k' to /etc/request-key.conf"))
            return
        }
        let command = RequestKeyCommand(winner)
        guard !winner.isCutOff else {
            findings.append(
                .bad(
                    .rule,
                    "\(winner.place): the file does not end with a newline, so request-key loses the rule's last"
                        + " character and reads '\(escaped(winner.command, limit: 120))'",
                    "add a newline: echo >>\(escaped(winner.file))"))
            return
        }
        if let problem = command.problem {
            findings.append(
                .bad(.rule, "\(winner.place): \(problem). /sbin/request-key gives up there", "correct that line"))
            return
        }
        self.winner = winner
        let ours = rules.first { startsUs(RequestKeyCommand($0), host) }
        guard startsUs(command, host) else {
            let fault: StaticString =
                host.status(of: command.program) == nil ? "does not exist" : "is not this program"
            var reason = "\(winner.place) wins and starts \(escaped(command.program)), which \(fault)"
            if let ours { reason += "; \(ours.place), which starts it, loses: \(whyLoses(ours, to: winner))" }
            findings.append(
                .bad(
                    .rule, reason,
                    ours == nil
                        ? "run 'make install', or write this program's path there"
                        : "remove \(winner.place)"))
            return
        }
        guard command.namesKey, !command.isPiped else {
            let fault = command.isPiped ? "has a bar before the program" : "does not pass the key's number, %k"
            findings.append(
                .bad(
                    .rule, "\(winner.place) \(fault): the program cannot answer",
                    "write 'create dns_resolver * * \(escaped(command.program)) %k'"))
            return
        }
        if let status = host.status(of: winner.file), let reason = host.tree.distrust(of: status) {
            findings.append(
                .bad(
                    .rule,
                    "\(escaped(winner.file)): \(reason.text), and so have the kernel start anything as root",
                    "chown root:root \(escaped(winner.file)) && chmod 644 \(escaped(winner.file))"))
            return
        }
        isOurs = true
        findings.append(.good(.rule, "\(winner.place) starts \(escaped(command.program))"))
        warn(of: rules.first { $0 != winner && isRival($0, of: winner, host) }, to: winner)
    }

    /// Whether `winner` wins over another program's rule only by directory order, which is up to the file system.
    private func isRival(_ rule: RequestKeyRule, of winner: RequestKeyRule, _ host: borrowing ExaminedHost) -> Bool
    {
        rule.wildness == winner.wildness && rule.file != winner.file && !rule.file.equals("/etc/request-key.conf")
            && !startsUs(RequestKeyCommand(rule), host)
    }

    private mutating func warn(of rival: RequestKeyRule?, to winner: RequestKeyRule) {
        guard let rival else { return }
        findings.append(
            .warning(
                .rule,
                "\(rival.place) matches too, and starts \(escaped(RequestKeyCommand(rival).program)): which of the two"
                    + " files is read first is a matter of chance",
                "remove \(rival.place)"))
    }

    private func whyLoses(_ rule: RequestKeyRule, to winner: RequestKeyRule) -> String {
        rule.wildness == winner.wildness
            ? "it matches equally well, but is read later"
            : "'\(escaped(winner.pattern, limit: 120))' is more specific than '\(escaped(rule.pattern, limit: 120))'"
    }

    private func startsUs(_ command: RequestKeyCommand, _ host: borrowing ExaminedHost) -> Bool {
        if case .foreign = ProgramIdentity(of: command.program, on: host) { false } else { true }
    }
}
