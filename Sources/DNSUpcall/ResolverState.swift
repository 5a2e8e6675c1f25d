import CLinux
import LinuxSystem

/// The resolver state that glibc keeps for the thread, `_res` of resolver(3). Changed by the program, it counts instead
/// of `/etc/resolv.conf`: a view of its own that needs no mount.
enum ResolverState {
    /// How many search domains the state holds: `MAXDNSRCH`.
    private static let mostSearchDomains = 6

    /// Lets this thread's lookups ask the servers of `resolvConf` in the way its options say.
    static func use(_ resolvConf: ResolvConf) {
        guard let state = __res_state() else { return }
        // Starts from the host's resolv.conf, which glibc never reads again once the state differs from it.
        __res_ninit(state)
        state.pointee.options |= UInt(RES_USE_EDNS0 | RES_NORELOAD)
        state.pointee.retrans = Int32(ResolvConf.timeout)
        state.pointee.retry = Int32(ResolvConf.attempts)
        state.pointee.ndots = UInt32(ResolvConf.ndots)
        set(resolvConf.servers, in: state)
        set(resolvConf.search, in: state)
    }

    /// Lets this thread's lookups send queries that every server understands.
    static func doWithoutEDNS() {
        guard let state = __res_state() else { return }
        state.pointee.options &= ~UInt(RES_USE_EDNS0)
        state.pointee.options |= UInt(RES_NORELOAD)
    }

    private static func set(_ servers: [IPAddress], in state: UnsafeMutablePointer<__res_state>) {
        state.pointee.nscount = Int32(servers.count)
        withUnsafeMutableBytes(of: &state.pointee.nsaddr_list) { list in
            let list = list.bindMemory(to: sockaddr_in.self)
            withUnsafeMutableBytes(of: &state.pointee._u._ext.nsaddrs) { extended in
                let extended = extended.bindMemory(to: UnsafeMutablePointer<sockaddr_in6>?.self)
                for (index, server) in servers.enumerated() {
                    // An IPv6 server stands in the extension, marked by an empty place in the list.
                    list[index] = sockaddr_in()
                    extended[index] = nil
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
        state.pointee._u._ext.nscount = 0
    }

    private static func set(_ search: [Bytes], in state: UnsafeMutablePointer<__res_state>) {
        withUnsafeMutableBytes(of: &state.pointee.dnsrch) { list in
            let list = list.bindMemory(to: UnsafeMutablePointer<CChar>?.self)
            for index in list.indices { list[index] = nil }
            for (index, suffix) in search.prefix(mostSearchDomains).enumerated() {
                list[index] = suffix.withCString { strdup($0) }
            }
        }
    }
}
