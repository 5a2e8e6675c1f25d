import CLinux

/// The privileges of this process.
public enum Privileges {
    /// An account that owns nothing and that no other process uses: a process with the same account may send
    /// signals, and one that stops this process would keep its key waiting forever. On many nodes, daemons and
    /// containers run as `nobody`; nothing assigns IDs of 2³¹ and above.
    private static func ownAccount(_ process: pid_t) -> uid_t { 0x8000_0000 + uid_t(process) }

    /// The effective user ID. journald keeps a separate journal of 8 MiB for each user ID that writes to the log,
    /// except for those below 1000 and those that systemd assigns to services dynamically; this is one of the
    /// latter. It lets nobody signal the process, since signal permission depends on the other two user IDs, and no
    /// system call switches to it.
    private static func loggedAccount(_ process: pid_t) -> uid_t { 61_184 + uid_t(process) % 4336 }

    /// `nobody` and `nogroup`, the kernel's overflow IDs, for a user namespace that has no higher ones.
    private static let nobody: uid_t = 65534

    /// Permanently gives up every privilege: supplementary groups, group and user IDs, all capability sets,
    /// privileges gained by executing a file, core dumps, and all system calls that a lookup does not need. What an
    /// unprivileged process cannot give up, it does not have.
    ///
    /// Authority over a key that was assumed earlier remains: it belongs to the process's credentials, not to its
    /// user.
    ///
    /// - Parameter runsPrograms: Whether the process may still start programs of the host that query daemons of
    ///   this machine: execve(2), unix(7).
    public static func drop(runsPrograms: Bool = false) throws(Errno) {
        if geteuid() == 0 {
            // Otherwise the bounding set does not matter: without execve(2), nothing can gain a capability from it.
            if runsPrograms { try dropBoundingSet() }
            try changeAccount { loggedAccount($0) }
        }
        try checked(linux_keep_capabilities(0))
        try restrict(runsPrograms ? LINUX_RESOLVES_WITH_PROGRAMS : LINUX_RESOLVES)
    }

    /// Permanently gives up everything but reading files and processes. The process can then parse what it reads, but
    /// not change a file, answer a key, open a socket or start a process.
    public static func keepReading() throws(Errno) {
        if geteuid() == 0 {
            try checked(linux_prctl(PR_SET_KEEPCAPS, 1))
            try changeAccount { ownAccount($0) }
            try checked(linux_keep_capabilities(UInt32(linux_reading_capabilities)))
        }
        var none = rlimit()
        try checked(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &none))
        try restrict(LINUX_READS)
    }

    /// Makes the real user ID the only one. Otherwise, the loader of a program that is started would ignore its
    /// environment.
    static func becomeRealUser() throws(Errno) {
        let account = getuid()
        try checked(setresuid(account, account, account))
    }

    private static func restrict(_ activity: linux_activity) throws(Errno) {
        try checked(linux_prctl(PR_SET_NO_NEW_PRIVS, 1))
        try checked(linux_prctl(PR_SET_DUMPABLE, 0))
        var none = rlimit()
        try checked(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none))
        try checked(linux_filter_system_calls(activity))
    }

    private static func changeAccount(effective: (pid_t) -> uid_t) throws(Errno) {
        try checked(setgroups(0, nil))
        let process = getpid()
        do { try become(ownAccount(process), effective(process)) } catch .init(EINVAL) {
            try become(nobody, nobody)
        }
    }

    private static func become(_ account: uid_t, _ effective: uid_t) throws(Errno) {
        try checked(setresgid(account, account, account))
        try checked(setresuid(account, effective, account))
        // Files are opened with this ID. The effective one may be a service's, whose files are not ours.
        linux_setfsuid(account)
    }

    /// capabilities(7): changing the user ID clears the ambient set; the bounding set stays until it is dropped.
    private static func dropBoundingSet() throws(Errno) {
        var capability: UInt = 0
        while linux_prctl(PR_CAPBSET_DROP, capability) == 0 { capability += 1 }
        // EINVAL: there is no capability with that number, so all have been dropped.
        guard linux_errno() == EINVAL else { throw Errno.last }
    }
}
