/// How the cluster's DNS servers replace the host's for one lookup.
public enum Isolation: Equatable, Sendable {
    /// In the resolver state of the process. This costs the same on every node.
    case process
    /// In a mount namespace of the process's own, in which `/etc/resolv.conf` names them. The kernel copies all
    /// mounts of the node for it, and removes the copy before the file system continues.
    case namespace
}
