/// How the cluster's DNS servers are put in place of the host's for one lookup.
public enum Isolation: Equatable, Sendable {
    /// The resolver state of the process. It costs the same on every node.
    case process
    /// A mount namespace of the process's own, in which `/etc/resolv.conf` names them. The kernel copies all mounts of
    /// the node for it, and removes the copy before the file system goes on.
    case namespace
}
