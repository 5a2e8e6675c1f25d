import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// Whether the program can have a mount namespace of its own, with another `/etc/resolv.conf` in it.
enum MountCheck {
    private static let seconds = 10
    /// The capabilities that programs the kernel starts may have: Documentation/admin-guide/sysctl/kernel.rst.
    private static let capabilities: StaticString = "/proc/sys/kernel/usermodehelper/bset"
    private static let sysAdmin = 21

    static func run(_ host: borrowing ExaminedHost, _ configuration: Configuration, _ cluster: ClusterDNS)
        -> Finding
    {
        guard configuration.isolation == .namespace else {
            return .good(.mounts, "not needed: only isolation = namespace takes mounts")
        }
        guard host.isRoot else {
            return .unchecked(.mounts, "only root can make the mounts that a lookup makes", "run this as root")
        }
        if let set = try? host.read(Bytes(capabilities), limit: 64), !holdsSysAdmin(set) {
            return blocked("\(capabilities) keeps CAP_SYS_ADMIN from the programs that the kernel starts")
        }
        let resolvConf = ResolvConf(servers: cluster.servers, domain: cluster.domain, hostSearch: [])
        let findings = isolated(within: seconds) {
            do throws(IsolationProblem) {
                try PrivateView.enter(resolvConf)
                return [.good(.mounts, "a mount namespace with the cluster's resolv.conf can be made")]
            } catch {
                return [blocked(error.text)]
            }
        }
        return findings?.first ?? blocked("making a mount namespace took longer than \(seconds) s")
    }

    private static func blocked(_ reason: String) -> Finding {
        .warning(
            .mounts, "\(reason). Lookups do without a mount namespace",
            "permit mounts to the programs that the kernel starts, or leave isolation = namespace out of the config file"
        )
    }

    /// Two decimal numbers of 32 bits, the lower ones first.
    static func holdsSysAdmin(_ set: Bytes) -> Bool {
        guard
            let low = set.split(whereSeparator: { $0.isSpace }).first.flatMap({
                decimal($0, atMost: Int(UInt32.max))
            })
        else { return true }
        return low >> sysAdmin & 1 == 1
    }
}
