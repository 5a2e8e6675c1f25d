import CLinux
import KubeletDiscovery
import LinuxSystem

/// The settings of the config file, with their defaults.
public struct Configuration: Equatable, Sendable {
    public static let path: StaticString = "/etc/keyutils/key.dns_resolver.conf"
    /// The largest config file that is read, in bytes.
    private static let largest = 65_536

    public internal(set) var lifetimes = Lifetimes()
    /// The time within which every key is answered, in seconds.
    public internal(set) var deadline = 5
    /// How old the last good answer may be that is given while the cluster's DNS cannot be reached, in seconds; nil
    /// where none is given. RFC 8767: the maximum stale timer.
    public internal(set) var staleLimit: Int?
    /// How the cluster's DNS is put in place of the host's.
    public internal(set) var isolation = Isolation.process
    /// Which address is returned where only one may be.
    public internal(set) var choice = AddressChoice()
    /// How many warnings and errors all upcalls together log in ten seconds at most.
    public internal(set) var logBurst = 20
    /// What is set instead of the kubelet's own settings.
    public internal(set) var discovery = ClusterDNSDiscovery.Overrides()
    /// The line that set an option, nil where the default is in force. By the option's number.
    private var lines = [Int?](repeating: nil, count: ConfigOption.allCases.count)

    public init() {}

    /// The line of the config file that set an option; nil where the default is in force.
    public func line(of option: ConfigOption) -> Int? {
        lines[option.rawValue]
    }

    /// What is wrong with the file or one of its lines. The line is left out, and the rest counts.
    public struct Problem: Sendable {
        /// The line's number from 1; nil for the file as a whole.
        public let line: Int?
        public let reason: String
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

    /// Reads a config file's content. The last of several lines with one option counts.
    public static func parse(_ content: Bytes) -> (configuration: Configuration, problems: [Problem]) {
        var configuration = Configuration()
        var (settings, problems) = ConfigFile.parse(content)
        for setting in settings {
            if let reason = configuration.apply(setting) {
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
