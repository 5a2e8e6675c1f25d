import CLinux
import KubeletDiscovery
import LinuxSystem

/// Which program /sbin/request-key starts for a name.
enum RuleCheck {
    private static let directory: StaticString = "/etc/request-key.d"
    private static let mainFile: StaticString = "/etc/request-key.conf"
    /// The largest file of rules that is read, in bytes.
    private static let largest = 1 << 20
    private static let mostFiles = 1024

    /// What the rules say, and what is wrong with them.
    struct Result {
        var findings: [Finding] = []
        /// The rule that wins, as far as request-key can execute it.
        var winner: RequestKeyRule?
        /// Whether it starts this program in a way that lets it answer.
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
                    .rule, "\(place): \(error.reason). /sbin/request-key gives up there, and answers no lookup",
                    "correct or remove \(error.line == nil ? "the file" : "that line"), whoever put it there"))
        }
        return result
    }

    /// The rules that match, in the order in which they are read, and what is said of the files that are not read.
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
            // A file system that tells no types has request-key open everything.
            guard status.isRegularFile || type == .unknown else {
                if status.isSymbolicLink, let content = try? host.read(path, limit: largest),
                    let found = try? RequestKeyRules.matching(name, in: content, of: path), !found.isEmpty
                {
                    skipped.append(
                        .warning(
                            .rule, "\(escaped(path)) is a symbolic link: request-key skips it with its rules",
                            "put a copy of the file in the link's place"))
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
            case .notRegular: throw RequestKeyProblem(file: path, line: nil, reason: "it is not a regular file")
            case .tooLarge: throw RequestKeyProblem(file: path, line: nil, reason: "it is too large to be checked")
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
                    .rule, "no rule of /etc/request-key.conf or /etc/request-key.d is for this name",
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
                    "\(escaped(winner.file)): \(reason), and with that have the kernel start anything as root",
                    "chown root:root \(escaped(winner.file)) && chmod 644 \(escaped(winner.file))"))
            return
        }
        isOurs = true
        findings.append(.good(.rule, "\(winner.place) starts \(escaped(command.program))"))
        warn(of: rules.first { $0 != winner && isRival($0, of: winner, host) }, to: winner)
    }

    /// Whether only the order of the directory, which is up to the file system, lets `winner` win over another program.
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
                "\(rival.place) fits as well and starts \(escaped(RequestKeyCommand(rival).program)): which of the two"
                    + " files is read first is chance",
                "remove \(rival.place)"))
    }

    private func whyLoses(_ rule: RequestKeyRule, to winner: RequestKeyRule) -> String {
        rule.wildness == winner.wildness
            ? "it fits as well, but is read later"
            : "'\(escaped(winner.pattern, limit: 120))' fits more closely than '\(escaped(rule.pattern, limit: 120))'"
    }

    private func startsUs(_ command: RequestKeyCommand, _ host: borrowing ExaminedHost) -> Bool {
        if case .foreign = ProgramIdentity(of: command.program, on: host) { false } else { true }
    }
}
