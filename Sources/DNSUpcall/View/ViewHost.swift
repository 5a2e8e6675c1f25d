import CLinux
import DNS
import LinuxSystem

/// What a view reads and changes: the process, and the files of its host.
public protocol ViewHost {
    /// The host's own resolv.conf.
    func resolvConf() -> ResolvConfFile

    /// The services that resolve host names on this host.
    func services() -> HostServices

    /// From now on, gives the process its own resolv.conf, in its own mount namespace.
    func enterMountNamespace(_ resolvConf: ClusterResolvConf) throws(IsolationProblem)

    /// From now on, makes the C library ask the servers of `resolvConf`, whatever `/etc/resolv.conf` says.
    func useInProcess(_ resolvConf: ClusterResolvConf)

    /// Drops root privileges before anything is read from the network.
    ///
    /// - Parameter runsPrograms: Whether services that are not part of the program will be asked. If not, nothing
    ///   can reach a module or daemon of the host, such as nscd(8).
    func dropPrivileges(runsPrograms: Bool) throws(Errno)
}

/// The host that this process runs on.
public struct LinuxViewHost: ViewHost {
    public init() {}

    public func resolvConf() -> ResolvConfFile {
        ResolvConfFile(
            parsing: (try? readRegularFile(Bytes(ResolvConfFile.path), limit: ResolvConfFile.largest)) ?? [])
    }

    public func services() -> HostServices { .read() }

    public func enterMountNamespace(_ resolvConf: ClusterResolvConf) throws(IsolationProblem) {
        try PrivateView.enter(resolvConf)
    }

    public func useInProcess(_ resolvConf: ClusterResolvConf) { ResolverState.use(resolvConf) }

    public func dropPrivileges(runsPrograms: Bool) throws(Errno) { try Privileges.drop(runsPrograms: runsPrograms) }
}
