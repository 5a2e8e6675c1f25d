import CLinux

/// What the process may do.
public enum Privileges {
    /// An account that owns nothing and that no other process has: whoever shares the account may send signals, and
    /// one that stops the process keeps its key waiting for ever. `nobody` has daemons and containers on many
    /// nodes; ids from 2³¹ on are not given out by anyone.
    private static var ownAccount: uid_t { 0x8000_0000 + uid_t(getpid()) }

    /// `nobody` and `nogroup`, the kernel's overflow ids, for a user namespace that has no higher ones.
    private static let nobody: uid_t = 65534

    /// Gives up every privilege for good: supplementary groups, group and user ids, all sets of capabilities, those
    /// gained by executing a file, core dumps, and all system calls that a lookup does not need. What a process without
    /// privileges can't give up, it does not have.
    ///
    /// The authority over a key that was assumed before stays: it belongs to the process's credentials, not to its user.
    ///
    /// - Parameter localSockets: Whether daemons of this machine may be asked from now on: unix(7).
    public static func drop(localSockets: Bool) throws(Errno) {
        if geteuid() == 0 {
            try dropBoundingSet()
            try checked(setgroups(0, nil))
            do { try become(ownAccount) } catch .init(EINVAL) { try become(nobody) }
        }
        try checked(linux_clear_capabilities())
        try checked(linux_prctl(PR_SET_NO_NEW_PRIVS, 1))
        try checked(linux_prctl(PR_SET_DUMPABLE, 0))
        var none = rlimit()
        try checked(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none))
        try checked(linux_filter_system_calls(localSockets ? 1 : 0))
    }

    private static func become(_ account: uid_t) throws(Errno) {
        try checked(setresgid(account, account, account))
        try checked(setresuid(account, account, account))
    }

    /// capabilities(7): the ambient set goes with the change of the user id, this one stays until it is dropped.
    private static func dropBoundingSet() throws(Errno) {
        var capability: UInt = 0
        while linux_prctl(PR_CAPBSET_DROP, capability) == 0 { capability += 1 }
        // EINVAL: there is no capability of that number, so all were dropped.
        guard linux_errno() == EINVAL else { throw Errno.last }
    }
}
