import CKeyutils
import CLinux
import LinuxSystem

/// Whether the kernel has the key type `dns_resolver`, and file systems that use it.
enum KernelCheck {
    static func run(_ host: borrowing ExaminedHost) -> [Finding] {
        let modules = KernelModules(of: host)
        return [keyType(modules, host), fileSystems(modules, host)]
    }

    /// Whether the kernel has the key type now; nil if this process may not ask. The payload is too short for a key, so
    /// none is created, and the error says whether the kernel rejects the type or the payload: add_key(2).
    static var hasKeyType: Bool? {
        let key = add_key("dns_resolver", "resolver-check", "-", 1, KEY_SPEC_THREAD_KEYRING)
        if key >= 0 { return true }
        return switch Errno.last.code {
        case EINVAL: true
        case ENODEV: false
        default: nil
        }
    }

    private static func keyType(_ modules: KernelModules, _ host: borrowing ExaminedHost) -> Finding {
        if host.isLive {
            switch hasKeyType {
            case true: return .good(.kernel, "the key type dns_resolver is available")
            case nil:
                return .unchecked(
                    .kernel, "this process may not use keys", "run this on the node itself, not in a container")
            default: break
            }
        }
        switch modules.presence(of: "dns_resolver") {
        case .module:
            return .good(
                .kernel, "the key type dns_resolver is available as a module, which is loaded when it is needed")
        case .builtIn: return .good(.kernel, "the key type dns_resolver is built in")
        case .absent:
            let release = modules.release.isEmpty ? "" : ", \(escaped(modules.release)),"
            let reason = "this kernel\(release) has no key type dns_resolver, and no module for it"
            let remedy = "install the kernel's package of extra modules, or a kernel with CONFIG_DNS_RESOLVER"
            return host.isLive ? .bad(.kernel, reason, remedy) : .unchecked(.kernel, reason, remedy)
        }
    }

    /// A client that may ask for names, and the conditions under which it does.
    private struct Client {
        let name: StaticString
        /// Its file system type, as in /proc/filesystems.
        let type: StaticString
        /// The module that asks.
        let module: StaticString
        /// The kernel option that makes it ask; nil if it always does.
        let option: StaticString?
    }

    private static let clients = [
        Client(name: "CIFS", type: "cifs", module: "cifs", option: "CONFIG_CIFS_DFS_UPCALL"),
        Client(name: "NFS", type: "nfs4", module: "nfsv4", option: "CONFIG_NFS_USE_KERNEL_DNS"),
        Client(name: "Ceph", type: "ceph", module: "libceph", option: "CONFIG_CEPH_LIB_USE_DNS_RESOLVER"),
        Client(name: "AFS", type: "afs", module: "kafs", option: nil),
    ]

    private static func fileSystems(_ modules: KernelModules, _ host: borrowing ExaminedHost) -> Finding {
        // The types that are built in or loaded: a kernel without modules has no lists of modules.
        let present = host.isLive ? (try? host.read(Bytes("/proc/filesystems"), limit: 1 << 16)) ?? [] : []
        let types = present.split(whereSeparator: { $0.isSpace })
        var (asking, silent, silentInUse) = ("", "", "")
        for client in clients {
            let isLoaded = types.contains { $0.equals(client.type) }
            let presence = modules.presence(of: client.module)
            guard presence != .absent || isLoaded else { continue }
            if asks(client, presence, modules) {
                add(client.name, to: &asking)
            } else {
                add(client.name, to: &silent)
                if isLoaded, presence == .module { add(client.name, to: &silentInUse) }
            }
        }
        if !silentInUse.isEmpty {
            return .warning(
                .fileSystems,
                "\(silentInUse) is in use, but not built to ask for names: its mounts need addresses",
                "mount by address, or use a kernel with \(silentInUse) built to use the DNS resolver")
        }
        guard !asking.isEmpty else {
            let all = silent.isEmpty ? "CIFS, NFS, Ceph or AFS" : "\(silent) built to ask for names"
            return .warning(
                .fileSystems, "this kernel has no \(all): nothing asks for names",
                "install the kernel's package of extra modules, if the node is to mount such file systems")
        }
        return .good(
            .fileSystems,
            "\(asking) can ask for names\(silent.isEmpty ? "" : "; \(silent) is not built to, and needs addresses")"
        )
    }

    private static func asks(
        _ client: Client, _ presence: KernelModules.Presence, _ modules: KernelModules
    ) -> Bool {
        if presence == .module, modules.module(client.module, needs: "dns_resolver") { return true }
        guard let option = client.option else { return true }
        // If the key type is built in, modules do not list it. Without the configuration, assume that the client asks.
        let isNamed = presence == .module && modules.presence(of: "dns_resolver") == .module
        return isNamed ? false : modules.isConfigured(option) ?? true
    }

    private static func add(_ name: StaticString, to list: inout String) {
        list += list.isEmpty ? "\(name)" : ", \(name)"
    }
}
