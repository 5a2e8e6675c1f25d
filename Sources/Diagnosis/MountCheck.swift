import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the program can have a mount namespace of its own, with another `/etc/resolv.conf`.
enum MountCheck {
    private static var patience: Duration { .seconds(10) }
    /// The capabilities that programs started by the kernel may have: Documentation/admin-guide/sysctl/kernel.rst.
    private static let capabilities: StaticString = "/proc/sys/kernel/usermodehelper/bset"
    private static let sysAdmin = 21

    static func run(_ host: borrowing ExaminedHost, _ configuration: Configuration, _ cluster: ClusterDNS)
        -> Finding
    {
        guard configuration.isolation == .namespace else {
            return .good(.mounts, "not needed: only isolation = namespace uses mounts")
        }
        guard host.isRoot else {
            return .unchecked(.mounts, "only root can make a lookup's mounts", "run this as root")
        }
        if let set = try? host.read(Bytes(capabilities), limit: 64), !holdsSysAdmin(set) {
            return blocked("\(capabilities) denies CAP_SYS_ADMIN to the programs that the kernel starts")
        }
        let resolvConf = ClusterResolvConf(servers: cluster.servers, domain: cluster.domain, hostSearch: [])
        let findings = isolated(within: patience) {
            do throws(IsolationProblem) {
                try PrivateView.enter(resolvConf)
                return [.good(.mounts, "a mount namespace with the cluster's resolv.conf can be created")]
            } catch {
                return [blocked(error.text)]
            }
        }
        return findings?.first ?? blocked("creating a mount namespace took longer than 10 s")
    }

    private static func blocked(_ reason: String) -> Finding {
        .warning(
            .mounts, "\(reason). Lookups go on without a mount namespace",
            "allow the programs that the kernel starts to mount, or remove isolation = namespace from the config file"
        )
    }

    /// - Parameter set: Two 32-bit numbers in decimal, the lower bits first.
    static func holdsSysAdmin(_ set: Bytes) -> Bool {
        guard
            let low = set.split(whereSeparator: { $0.isSpace }).first.flatMap({
                decimal($0, atMost: Int(UInt32.max))
            })
        else { return true }
        return low >> sysAdmin & 1 == 1
    }
}
