import CLinux
import LinuxSystem

/// Whether SELinux or AppArmor keeps the kernel from starting the program, or the program from doing its work.
enum SecurityModuleCheck {
    /// The policy module of this program defines this boolean.
    private static let setting: StaticString = "/sys/fs/selinux/booleans/resolver_use_namespace"
    private static let type: StaticString = "keyutils_dns_resolver_exec_t"

    /// - Parameter path: The program that the rule starts.
    static func run(_ host: borrowing ExaminedHost, program path: Bytes) -> Finding {
        if let enforcing = try? host.read(Bytes("/sys/fs/selinux/enforce"), limit: 16) {
            return seLinux(
                isEnforcing: enforcing.first == UInt8(ascii: "1"), label(of: path), hasModule: host.exists(setting),
                path)
        }
        if let profiles = try? host.read(Bytes("/sys/kernel/security/apparmor/profiles"), limit: 1 << 20) {
            return appArmor(profiles, path)
        }
        return .good(.securityModule, "neither SELinux nor AppArmor is active")
    }

    /// - Parameters:
    ///   - label: The program's; nil if it cannot be read.
    ///   - hasModule: Whether this program's policy module is loaded.
    static func seLinux(isEnforcing: Bool, _ label: Bytes?, hasModule: Bool, _ path: Bytes) -> Finding {
        guard isEnforcing else { return .good(.securityModule, "SELinux is permissive: it only logs") }
        let name = escaped(path)
        guard let label else {
            return .unchecked(
                .securityModule, "SELinux is enforcing, and the label of \(name) cannot be read", "run this as root"
            )
        }
        // user:role:type:level
        let fields = label.split(separator: UInt8(ascii: ":"))
        guard fields.count > 2, fields[2].equals(type) else {
            return .bad(
                .securityModule,
                "SELinux is enforcing, and \(name) has the label \(escaped(label, limit: 120)): request-key may not"
                    + " execute it",
                "install the SELinux policy of this program, or: chcon -t \(type) \(name)")
        }
        guard hasModule else {
            return .bad(
                .securityModule,
                "SELinux is enforcing, with only the policy for key.dns_resolver, under which each lookup fails",
                "install the SELinux policy of this program: semodule -i resolver.pp")
        }
        return .good(.securityModule, "SELinux is enforcing, with the policy of this program")
    }

    /// Each line is a profile's name, usually the path of its program, and its mode.
    static func appArmor(_ profiles: Bytes, _ path: Bytes) -> Finding {
        let isConfined = profiles.split(separator: UInt8(ascii: "\n")).contains { line in
            line.starts(with: path + Bytes(" (")) && line.suffix(9).equals("(enforce)")
        }
        guard isConfined else { return .good(.securityModule, "AppArmor has no profile for the program") }
        return .warning(
            .securityModule,
            "AppArmor confines \(escaped(path)): its profile must allow mounts, /run/resolver and keys",
            "if lookups fail: aa-complain \(escaped(path)), and look for DENIED in the kernel log")
    }

    private static func label(of path: Bytes) -> Bytes? {
        var length = -1
        let label = Bytes(unsafeUninitializedCapacity: 256) { buffer, count in
            length = path.withCString { getxattr($0, "security.selinux", buffer.baseAddress, buffer.count) }
            count = max(length, 0)
        }
        return length > 0 ? Bytes(label.prefix { $0 != 0 }) : nil
    }
}
