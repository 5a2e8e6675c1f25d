import CLinux
import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// The program's main function, under the name that the package manager gives an executable's: Embedded Swift has no
/// other way to the arguments.
@_cdecl("resolver_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    let words = (0..<max(Int(count), 0)).compactMap { index in
        arguments[index].map { Bytes(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
    let status = run(Invocation(program: words.first ?? [], arguments: Array(words.dropFirst())))
    // The kernel's caller waits for the end of this process: nothing is left to do.
    _exit(status)
}

/// - Returns: The exit status.
private func run(_ invocation: Invocation) -> Int32 {
    switch invocation {
    case .upcall(let keyID, let options):
        return answer(Key(id: keyID), options) ? 0 : 1
    case .debug(let description, let callout, let options):
        return resolve(description, callout, options) ? 0 : 1
    case .dumpConfig(let asJSON, let options):
        return dumpConfig(asJSON: asJSON, options) ? 0 : 1
    case .check(let name, let asJSON, let options):
        return check(name, asJSON: asJSON, options)
    case .operate(let operation):
        return Operator.run(operation) ? 0 : 1
    case .help:
        try? writeAll(Bytes(Usage.help), to: STDOUT_FILENO)
        return 0
    case .version:
        try? writeAll("resolver \(version)\n".utf8, to: STDOUT_FILENO)
        return 0
    case .misuse(let reason, let keyID):
        if let keyID {
            let rejection = Rejection(for: .usage)
            try? Key(id: keyID).reject(errno: rejection.errno, seconds: rejection.seconds)
            let log = HandlerLog(log: SystemLog(threshold: .warning), history: UpcallHistory())
            log.write(.misuse, "\(reason); key rejected with \(rejection.name)")
        } else {
            try? writeAll("resolver: \(reason)\nTry 'resolver --help'.\n".utf8, to: STDERR_FILENO)
        }
        return 2
    }
}

private func answer(_ key: Key, _ options: Invocation.Options) -> Bool {
    watch(over: key, seconds: Configuration().deadline, toStandardError: false)
    LogConnection.connect()
    let threshold: SystemLog.Severity =
        options.verbosity == 0 ? .warning : options.verbosity == 1 ? .info : .debug
    let (configuration, problems) = load(options)
    let history = UpcallHistory()
    let log = HandlerLog(log: SystemLog(threshold: threshold), history: history, burst: configuration.logBurst)
    for problem in problems { log.write(.settings, problem) }
    let file = openPayloadFile(options) { log.write(.settings, $0) }
    var upcall = Upcall(
        key: DumpedKey(key: key, file: file), lookup: SystemLookup(), configuration: configuration,
        afs: options.afs,
        observer: UpcallLog(log: log, deadline: configuration.deadline, key: key.id, history: history))
    return upcall.run()
}

private func resolve(_ description: Bytes, _ callout: Bytes, _ options: Invocation.Options) -> Bool {
    watch(over: nil, seconds: Configuration().deadline, toStandardError: true)
    let (configuration, problems) = load(options)
    for problem in problems { try? writeAll("resolver: \(problem)\n".utf8, to: STDERR_FILENO) }
    let file = openPayloadFile(options) { try? writeAll("resolver: \($0)\n".utf8, to: STDERR_FILENO) }
    var upcall = Upcall(
        key: DumpedKey(key: ManualKey(description: description, callout: callout), file: file),
        lookup: SystemLookup(), configuration: configuration, root: options.root ?? Bytes("/"), afs: options.afs,
        observer: DebugReport())
    return upcall.run()
}

/// - Returns: The open file for the payload; -1 if none is wanted, or after telling why it can't be opened.
private func openPayloadFile(_ options: Invocation.Options, _ tell: (String) -> Void) -> Int32 {
    guard let path = options.payloadFile else { return -1 }
    let file = path.withCString { linux_open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
    if file < 0 { tell("\(escaped(path)): \(Errno.last.text)") }
    return file
}

/// - Returns: Whether the config file is without errors.
private func dumpConfig(asJSON: Bool, _ options: Invocation.Options) -> Bool {
    let (configuration, problems) = load(options)
    for problem in problems { try? writeAll("resolver: \(problem)\n".utf8, to: STDERR_FILENO) }
    let dump = ConfigDump(
        configuration: configuration, file: options.configFile ?? Bytes(Configuration.path),
        cluster: ClusterDNSDiscovery(overrides: configuration.discovery, root: options.root ?? Bytes("/"))
            .discover())
    try? writeAll(asJSON ? dump.json : dump.text, to: STDOUT_FILENO)
    return problems.isEmpty
}

private func watch(over key: Key?, seconds: Int, toStandardError: Bool) {
    Watchdog.watch(
        over: key, seconds: seconds, late: Rejection(for: .deadline).verdict,
        crashed: Rejection(for: .crash).verdict,
        toStandardError: toStandardError)
}

/// Reads the config file and lets its deadline count.
///
/// - Returns: The settings, and what is wrong in the file, line by line.
private func load(_ options: Invocation.Options) -> (Configuration, problems: [String]) {
    // Below another root the settings of this host's administrator do not count.
    if options.root != nil, options.configFile == nil { return (Configuration(), []) }
    let path = options.configFile ?? Bytes(Configuration.path)
    let (configuration, problems) = Configuration.load(path, isOptional: options.configFile == nil)
    if configuration.deadline != Configuration().deadline { Watchdog.setDeadline(seconds: configuration.deadline) }
    let lines = problems.map { problem in
        "\(escaped(path)):\(problem.line.map { "\($0):" } ?? "") \(problem.reason)"
    }
    return (configuration, lines)
}

extension Rejection {
    fileprivate var verdict: Watchdog.Verdict { .init(errno: errno, seconds: seconds) }
}
