import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// `--dump-config`: shows the settings in force and the cluster's DNS.
enum DumpConfigCommand {
    /// - Returns: Whether the config file has no errors.
    static func run(asJSON: Bool, _ options: Command.Options) -> Bool {
        let settings = LoadedSettings(options)
        for problem in settings.mistakes + settings.notices { Console.complain(problem) }
        let dump = ConfigDump(
            configuration: settings.configuration, file: options.configFile ?? Bytes(Configuration.path),
            cluster: ClusterDNSDiscovery(
                overrides: settings.configuration.discovery, root: options.root ?? Bytes("/")
            ).discover(within: .seconds(5)))
        return Console.print(asJSON ? dump.json : dump.text) && settings.mistakes.isEmpty
    }
}
