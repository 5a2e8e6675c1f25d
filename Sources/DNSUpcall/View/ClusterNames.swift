import DNS
import KubeletDiscovery
import LinuxSystem

extension ClusterDNS {
    /// The name as CoreDNS knows it, if it is a cluster name: one below the cluster's domain, or one that ends in
    /// `.svc`, as Pods write it.
    public func fullName(of name: HostName) -> Bytes? {
        if name.isBelow(domain) { return name.bytes }
        if name.isBelow(Bytes("svc")) { return name.bytes + [UInt8(ascii: ".")] + domain }
        return nil
    }
}
