import CLinux
import DNSUpcall
import LinuxSystem

/// Shows the settings in force on standard output, each with where it came from.
enum ConfigDump {
    /// As lines of a config file.
    static func text(_ configuration: Configuration, file: Bytes) -> Bytes {
        var text = Bytes()
        for option in ConfigOption.allCases {
            let value = configuration.value(of: option)
            // An option that nothing sets would be an error in a file.
            if value.isEmpty { text += "# " }
            text += option.name
            text += " = \(value)"
            text += "  # \(origin(of: option, configuration, file: file))\n"
        }
        return text
    }

    private static func origin(of option: ConfigOption, _ configuration: Configuration, file: Bytes) -> String {
        configuration.line(of: option).map { "\(escaped(file)):\($0)" } ?? "default"
    }
}
