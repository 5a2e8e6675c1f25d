import CLinux
import DNSUpcall
import LinuxSystem

/// The program's main function, under the name that the package manager gives it: Embedded Swift has no other access to
/// the arguments.
@_cdecl("resolver_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    let words = (0..<max(Int(count), 0)).compactMap { index in
        arguments[index].map { Bytes(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
    let status = run(Command(arguments: Array(words.dropFirst())))
    // The kernel's caller waits for this process to end, and there is nothing left to do.
    _exit(status)
}

/// - Returns: The exit status.
private func run(_ command: Command) -> Int32 {
    switch command {
    case .answer(let keyID, let options): AnswerCommand.run(Key(id: keyID), options) ? 0 : 1
    case .debug(let description, let callout, let options):
        DebugCommand.run(ManualKey(description: description, callout: callout), options) ? 0 : 1
    case .dumpConfig(let asJSON, let options): DumpConfigCommand.run(asJSON: asJSON, options) ? 0 : 1
    case .check(let name, let asJSON, let options): CheckCommand.run(name, asJSON: asJSON, options)
    case .cache(let command): command.run() ? 0 : 1
    case .help: Console.print(Bytes(Usage.help)) ? 0 : 1
    case .version: Console.print(Bytes("resolver \(version)\n".utf8)) ? 0 : 1
    case .misuse(let reason, let keyID): refuse(reason, keyID)
    }
}

/// Answers the waiting key, if there is one.
private func refuse(_ reason: String, _ keyID: Int32?) -> Int32 {
    if let keyID {
        let rejection = Rejection(for: .usage)
        try? Key(id: keyID).reject(errno: rejection.errno, seconds: rejection.seconds)
        let log = HandlerLog(log: SystemLog(threshold: .warning), budget: UpcallHistory()?.logBudget)
        log.write(.misuse, "\(reason); key rejected with \(rejection.name)")
    } else {
        Console.complain("\(reason)\nTry 'resolver --help'.")
    }
    return 2
}
