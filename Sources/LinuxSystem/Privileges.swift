import CLinux

/// What the process may do.
public enum Privileges {
    /// An account that owns nothing and that no other process has: whoever shares the account may send signals, and
    /// one that stops the process keeps its key waiting for ever. `nobody` has daemons and containers on many
    /// nodes; ids from 2³¹ on are not given out by anyone.
    private static func ownAccount(_ process: pid_t) -> uid_t { 0x8000_0000 + uid_t(process) }

    /// The effective user id: journald keeps a journal of its own, of 8 MiB, for each user id that writes to the log, but
    /// for those below 1000 and those that systemd gives to services for a time, of which this is one. Nobody may
    /// signal the process for it, since signals go by the two other user ids, and no system call changes to it.
    private static func loggedAccount(_ process: pid_t) -> uid_t { 61_184 + uid_t(process) % 4336 }

    /// `nobody` and `nogroup`, the kernel's overflow ids, for a user namespace that has no higher ones.
    private static let nobody: uid_t = 65534

    /// Gives up every privilege for good: supplementary groups, group and user ids, all sets of capabilities, those
    /// gained by executing a file, core dumps, and all system calls that a lookup does not need. What a process without
    /// privileges can't give up, it does not have.
    ///
    /// The authority over a key that was assumed before stays: it belongs to the process's credentials, not to its user.
    ///
    /// - Parameter runsPrograms: Whether a program of the host may be started from now on, and ask the daemons of this
    ///   machine: execve(2), unix(7).
    public static func drop(runsPrograms: Bool = false) throws(Errno) {
        if geteuid() == 0 {
            try dropBoundingSet()
            try checked(setgroups(0, nil))
            let process = getpid()
            do { try become(ownAccount(process), loggedAccount(process)) } catch .init(EINVAL) {
                try become(nobody, nobody)
            }
        }
        try checked(linux_clear_capabilities())
        try checked(linux_prctl(PR_SET_NO_NEW_PRIVS, 1))
        try checked(linux_prctl(PR_SET_DUMPABLE, 0))
        var none = rlimit()
        try checked(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none))
        try checked(linux_filter_system_calls(runsPrograms ? 1 : 0))
    }

    private static func become(_ account: uid_t, _ effective: uid_t) throws(Errno) {
        try checked(setresgid(account, account, account))
        try checked(setresuid(account, effective, account))
    }

    /// capabilities(7): the ambient set goes with the change of the user id, this one stays until it is dropped.
    private static func dropBoundingSet() throws(Errno) {
        var capability: UInt = 0
        while linux_prctl(PR_CAPBSET_DROP, capability) == 0 { capability += 1 }
        // EINVAL: there is no capability of that number, so all were dropped.
        guard linux_errno() == EINVAL else { throw Errno.last }
    }
}
