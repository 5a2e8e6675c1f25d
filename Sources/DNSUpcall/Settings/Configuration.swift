import CLinux
import KubeletDiscovery
import LinuxSystem

/// The settings of the config file, with their defaults.
public struct Configuration: Equatable, Sendable {
    public static let path: StaticString = "/etc/keyutils/key.dns_resolver.conf"
    /// The largest config file to read, in bytes.
    private static let largest = 65_536

    public internal(set) var lifetimes = Lifetimes()
    /// The time within which every key is answered.
    public internal(set) var deadline: Duration = .seconds(5)
    /// How the cluster's DNS replaces the host's.
    public internal(set) var isolation = Isolation.process
    /// Which address to return if only one is allowed.
    public internal(set) var choice = AddressChoice()
    /// The maximum number of warnings and errors that all upcalls together log in ten seconds.
    public internal(set) var logBurst = 20
    /// Settings that override the kubelet's own.
    public internal(set) var discovery = ClusterDNSDiscovery.Overrides()
    /// The line that set each option, by the option's number; nil if the default is in force.
    private var lines = [Int?](repeating: nil, count: ConfigOption.allCases.count)

    public init() {}

    /// The line of the config file that set an option; nil if the default is in force.
    public func line(of option: ConfigOption) -> Int? {
        lines[option.rawValue]
    }

    /// A problem with the file or one of its lines. The line is ignored, and the rest counts.
    public struct Problem: Sendable {
        /// The line's number from 1; nil for the file as a whole.
        public let line: Int?
        public let reason: String
        /// Whether this is an error, not an option that earlier versions had.
        public var isMistake = true
    }

    /// Reads the config file.
    ///
    /// - Parameter isOptional: Whether the file may be missing.
    public static func load(_ path: Bytes, isOptional: Bool) -> (configuration: Configuration, problems: [Problem])
    {
        do {
            return parse(try readRegularFile(path, limit: largest))
        } catch .failed(let errno) where isOptional && errno.code == ENOENT {
            return (Configuration(), [])
        } catch {
            return (Configuration(), [Problem(line: nil, reason: error.text)])
        }
    }

    /// Parses the content of a config file. If several lines set the same option, the last one counts.
    public static func parse(_ content: Bytes) -> (configuration: Configuration, problems: [Problem]) {
        var configuration = Configuration()
        var (settings, problems) = ConfigFile.parse(content)
        for setting in settings {
            if let reason = ConfigOption.removed(setting.option) {
                problems.append(
                    Problem(line: setting.line, reason: "\(escaped(setting.option)): \(reason)", isMistake: false))
            } else if let reason = configuration.apply(setting) {
                problems.append(
                    Problem(line: setting.line, reason: "\(escaped(setting.option, limit: 40)): \(reason)"))
            }
        }
        return (configuration, problems)
    }

    /// - Returns: Why the setting has no effect.
    private mutating func apply(_ setting: ConfigFile.Setting) -> String? {
        guard let option = ConfigOption(name: setting.option) else { return "unknown option" }
        do {
            try set(option, to: setting.value ?? [])
            lines[option.rawValue] = setting.line
            return nil
        } catch {
            return "not \(error.expected)"
        }
    }
}
