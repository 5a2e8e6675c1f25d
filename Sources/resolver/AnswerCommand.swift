import DNSUpcall
import LinuxSystem

/// Answers a key for `/sbin/request-key`.
enum AnswerCommand {
    /// - Returns: Whether the name was resolved.
    static func run(_ key: Key, _ options: Command.Options) -> Bool {
        let time = UpcallTime(over: key)
        let threshold: SystemLog.Severity =
            options.verbosity == 0 ? .warning : options.verbosity == 1 ? .info : .debug
        let systemLog = SystemLog(threshold: threshold)
        let settings = LoadedSettings(options)
        let deadline = time.setLimit(settings.configuration.deadline)
        let history = UpcallHistory()
        let log = HandlerLog(
            log: systemLog, budget: history?.logBudget, burst: settings.configuration.logBurst)
        for mistake in settings.mistakes { log.write(.settings, mistake) }
        if !settings.notices.isEmpty {
            log.writeOnce(.settings, "without-effect", settings.notices.joined(separator: "; "))
        }
        let upcall = Upcall(
            key: key, host: LinuxViewHost(), resolver: GlibcResolver(deadline: deadline),
            configuration: settings.configuration,
            observer: HandlerReport(
                log: log, deadline: settings.configuration.deadline, key: key.id, history: history))
        return upcall.run()
    }
}
