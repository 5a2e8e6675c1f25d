import CLinux
import LinuxSystem

/// Asks the host's services by getent(1), which belongs to the host's C library: it finds and loads the modules of that
/// library, and asks nscd(8).
public enum Getent {
    public static let path: StaticString = "/usr/bin/getent"
    private static let largestOutput = 65_536
    /// How long getent may take where the process has no deadline, in seconds.
    private static let longest = 10

    enum Problem: Error {
        /// It is not there, or may not be executed.
        case notStarted
        /// It did not come to its end.
        case noAnswer
    }

    /// The addresses of `name`, in the order of getaddrinfo(3); none where none was found, for a reason that getent
    /// does not tell.
    static func addresses(of name: Bytes, _ families: Request.Families) throws(Problem) -> [IPAddress] {
        let database: StaticString =
            switch families {
            case .ipv4: "ahostsv4"
            case .ipv6: "ahostsv6"
            case .both: "ahosts"
            }
        let output: ChildProcess.Output
        do {
            output = try ChildProcess.output(
                of: path, [Bytes(database), name], within: Watchdog.secondsLeft ?? longest, limit: largestOutput)
        } catch {
            throw .notStarted
        }
        switch output.exitStatus {
        case 0: return addresses(in: output.bytes)
        // getent(1): one or more of the keys were not found.
        case 2: return []
        default: throw .noAnswer
        }
    }

    /// A line for each address and type of socket: `10.0.0.1 STREAM name`.
    static func addresses(in output: Bytes) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for line in output.split(separator: UInt8(ascii: "\n")) {
            // ahostsv6 also gives IPv4 addresses, in the form of IPv6.
            guard let address = IPAddress(line.prefix { !$0.isSpace }), !address.isIPv4Mapped,
                !addresses.contains(address)
            else { continue }
            addresses.append(address)
        }
        return addresses
    }
}
