import CLinux
import KubeletDiscovery
import LinuxSystem

/// The settings of the config file, with their defaults.
public struct Configuration: Equatable, Sendable {
    public static let path: StaticString = "/etc/keyutils/key.dns_resolver.conf"
    /// The largest config file that is read, in bytes.
    private static let largest = 65_536

    /// How long a key lives whose lifetime nothing else tells, in seconds.
    public private(set) var defaultTTL: UInt32 = 5
    /// The time within which every key is answered, in seconds.
    public private(set) var deadline = 5
    /// How the cluster's DNS is put in place of the host's.
    public private(set) var isolation = Isolation.namespace
    /// What is set instead of the kubelet's own settings.
    public private(set) var discovery = ClusterDNSDiscovery.Overrides()

    public init() {}

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
        let value = setting.value ?? []
        if setting.option.equals("default_ttl") {
            guard let seconds = Self.seconds(value, atMost: Int(Int32.max)) else {
                return "not a number from 1 to 2147483647"
            }
            defaultTTL = UInt32(seconds)
        } else if setting.option.equals("deadline") {
            guard let seconds = Self.seconds(value, atMost: 60) else { return "not a number from 1 to 60" }
            deadline = seconds
        } else if setting.option.equals("isolation") {
            if value.equals("namespace") {
                isolation = .namespace
            } else if value.equals("process") {
                isolation = .process
            } else {
                return "neither 'namespace' nor 'process'"
            }
        } else if setting.option.equals("kubelet_config") {
            guard value.first == UInt8(ascii: "/") else { return "not an absolute path" }
            discovery.kubeletConfig = value
        } else if setting.option.equals("cluster_dns") {
            let words = value.split { $0.isSpace || $0 == UInt8(ascii: ",") }
            let addresses = words.compactMap { IPAddress($0) }
            guard !words.isEmpty, addresses.count == words.count else { return "not a list of IP addresses" }
            discovery.clusterDNS = Array(addresses.prefix(3))
        } else if setting.option.equals("cluster_domain") {
            guard let name = try? HostName(validating: value) else { return "not a domain name" }
            discovery.clusterDomain = name.bytes.lowercased
        } else {
            return "unknown option"
        }
        return nil
    }

    private static func seconds(_ value: Bytes, atMost limit: Int) -> Int? {
        decimal(value, atMost: limit).flatMap { $0 > 0 ? $0 : nil }
    }
}
