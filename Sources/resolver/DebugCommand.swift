import DNSUpcall
import LinuxSystem

/// `--debug`: resolves a name by hand, and shows each step.
enum DebugCommand {
    /// - Returns: Whether the name was resolved.
    static func run(_ key: ManualKey, _ options: Command.Options) -> Bool {
        let time = UpcallTime(over: nil)
        let settings = LoadedSettings(options)
        for problem in settings.mistakes + settings.notices { Console.complain(problem) }
        let upcall = Upcall(
            key: key, host: LinuxViewHost(),
            resolver: GlibcResolver(deadline: time.setLimit(settings.configuration.deadline)),
            configuration: settings.configuration, root: options.root ?? Bytes("/"), observer: DebugReport())
        return upcall.run()
    }
}
