import CLinux
import LinuxSystem

/// Makes the kernel forget names, so that the next request starts an upcall: `--flush`.
public struct CacheFlush {
    /// What was done, line by line.
    public private(set) var report = ""
    /// Whether everything requested was done.
    public private(set) var isComplete = true

    /// - Parameter names: Names or descriptions of keys; none for all.
    public init(_ names: [Bytes], in cache: KernelCache) {
        // Keys that other programs hold for themselves are not seen by file systems.
        let keys = cache.keys.filter { $0.isForFileSystems != false }
        guard !names.isEmpty else {
            clear(cache, "forgot all cached names of file systems: \(keys.count)")
            return
        }
        var needsClear = false
        for name in names {
            let meant = keys.filter { $0.isMeant(by: name) }
            if meant.isEmpty {
                say(
                    cache.keys.contains { $0.isMeant(by: name) }
                        ? "\(escaped(name)): cached for a program, not for file systems; nothing to forget"
                        : "\(escaped(name)): not cached; nothing to forget")
            }
            for key in meant {
                let title = escaped(key.description)
                switch key.state {
                case .beingLookedUp:
                    say("\(title): is being looked up right now; its answer will be new")
                case .negative:
                    needsClear = true
                    say("\(title): negative")
                case .positive:
                    do throws(Errno) {
                        try cache.invalidate(key)
                        say("\(title): forgotten")
                    } catch {
                        needsClear = true
                        say("\(title): the kernel does not forget it on its own (\(error.text))")
                    }
                }
            }
        }
        if needsClear {
            clear(
                cache,
                "forgot all cached names of file systems, since refusals cannot be forgotten alone: \(keys.count)"
            )
        }
    }

    private mutating func clear(_ cache: KernelCache, _ success: String) {
        do throws(Errno) {
            try cache.clear()
            say(success)
        } catch .init(ENOKEY) {
            isComplete = false
            say(
                "/proc/keys does not show the keyring .dns_resolver: load the kernel module dns_resolver,"
                    + " and run this in the node's own user namespace")
        } catch {
            isComplete = false
            say(
                "clearing the keyring .dns_resolver failed: \(error.text); it requires root with the capability"
                    + " CAP_SYS_ADMIN")
        }
    }

    private mutating func say(_ line: String) { report += line + "\n" }
}
