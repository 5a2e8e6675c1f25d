import CLinux
import DNS
import LinuxSystem

/// Asks the host's services with getent(1), which belongs to the host's C library: it finds and loads that
/// library's modules, and asks nscd(8).
public enum Getent {
    public static let path: StaticString = "/usr/bin/getent"
    private static let largestOutput = 65_536

    enum Problem: Error {
        /// It does not exist, or must not be executed.
        case notStarted
        /// It did not finish.
        case noAnswer
    }

    /// The addresses of `name`, in the order of getaddrinfo(3); empty if none was found, for a reason that getent
    /// does not report.
    static func addresses(of name: Bytes, _ families: AddressFamilies, until deadline: Deadline) throws(Problem)
        -> [IPAddress]
    {
        let database: StaticString =
            switch families {
            case .ipv4: "ahostsv4"
            case .ipv6: "ahostsv6"
            case .both: "ahosts"
            }
        let output: ChildProcess.Output
        do {
            output = try ChildProcess.output(
                of: path, [Bytes(database), name], until: deadline, limit: largestOutput)
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

    /// One line for each address and socket type: `10.0.0.1 STREAM name`.
    static func addresses(in output: Bytes) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for line in output.split(separator: UInt8(ascii: "\n")) {
            // ahostsv6 also prints IPv4 addresses, mapped to IPv6.
            guard let address = IPAddress(line.prefix { !$0.isSpace }), !address.isIPv4Mapped,
                !addresses.contains(address)
            else { continue }
            addresses.append(address)
        }
        return addresses
    }
}
