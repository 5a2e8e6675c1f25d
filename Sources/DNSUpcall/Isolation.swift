/// How the cluster's DNS servers are put in place of the host's for one lookup.
public enum Isolation: Equatable, Sendable {
    /// A mount namespace of the process's own, in which `/etc/resolv.conf` names them.
    case namespace
    /// The resolver state of the process, without a mount.
    case process
}
