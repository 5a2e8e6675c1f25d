import CLinux
import DNS
import LinuxSystem

/// The resolver state that glibc keeps for the thread, `_res` of resolver(3). Once the program changes it, it
/// overrides `/etc/resolv.conf`: a private view that needs no mount.
enum ResolverState {
    /// How many search domains the state has room for: `MAXDNSRCH`.
    private static let mostSearchDomains = 6

    /// Makes this thread's lookups ask the servers of `resolvConf`, with its options.
    ///
    /// This sets every option, and tells glibc not to reload the file. So nothing in the host's resolv.conf counts.
    static func use(_ resolvConf: ClusterResolvConf) {
        guard let state = __res_state() else { return }
        memset(state, 0, MemoryLayout<__res_state>.size)
        state.pointee.options = UInt(
            RES_INIT | RES_NORELOAD | RES_RECURSE | RES_DEFNAMES | RES_DNSRCH | RES_USE_EDNS0)
        state.pointee.retrans = Int32(ClusterResolvConf.timeout)
        state.pointee.retry = Int32(ClusterResolvConf.attempts)
        state.pointee.ndots = UInt32(ClusterResolvConf.ndots)
        // No connection is open.
        state.pointee._vcsock = -1
        set(resolvConf.servers, in: state)
        set(resolvConf.search, in: state)
    }

    /// Makes this thread's lookups send queries that every server understands.
    static func doWithoutEDNS() {
        guard let state = __res_state() else { return }
        state.pointee.options &= ~UInt(RES_USE_EDNS0)
        state.pointee.options |= UInt(RES_NORELOAD)
    }

    /// Makes glibc read host.conf(5), which says how much of `/etc/hosts` counts. glibc does so just before it
    /// reads resolv.conf, where it would block on a FIFO; the settings of resolv.conf are discarded with the
    /// temporary state.
    static func readHostConf() {
        var status = stat()
        let path = UnsafeRawPointer(ResolvConfFile.path.utf8Start).assumingMemoryBound(to: CChar.self)
        guard stat(path, &status) != 0 || status.isRegularFile else { return }
        let state = UnsafeMutablePointer<__res_state>.allocate(capacity: 1)
        defer { state.deallocate() }
        memset(state, 0, MemoryLayout<__res_state>.size)
        if __res_ninit(state) == 0 { __res_nclose(state) }
    }

    private static func set(_ servers: [IPAddress], in state: UnsafeMutablePointer<__res_state>) {
        state.pointee.nscount = Int32(servers.count)
        withUnsafeMutableBytes(of: &state.pointee.nsaddr_list) { list in
            let list = list.bindMemory(to: sockaddr_in.self)
            withUnsafeMutableBytes(of: &state.pointee._u._ext.nsaddrs) { extended in
                let extended = extended.bindMemory(to: UnsafeMutablePointer<sockaddr_in6>?.self)
                for (index, server) in servers.enumerated() {
                    // An IPv6 server is stored in the extension, marked by an empty entry in the list.
                    server.withSocketAddress(port: 53) { address, _ in
                        if server.isIPv4 {
                            list[index] = UnsafeRawPointer(address).load(as: sockaddr_in.self)
                        } else {
                            extended[index] = .allocate(capacity: 1)
                            extended[index]?.initialize(to: UnsafeRawPointer(address).load(as: sockaddr_in6.self))
                        }
                    }
                }
            }
        }
    }

    private static func set(_ search: [Bytes], in state: UnsafeMutablePointer<__res_state>) {
        withUnsafeMutableBytes(of: &state.pointee.dnsrch) { list in
            let list = list.bindMemory(to: UnsafeMutablePointer<CChar>?.self)
            for (index, suffix) in search.prefix(mostSearchDomains).enumerated() {
                list[index] = suffix.withCString { strdup($0) }
            }
        }
    }
}
