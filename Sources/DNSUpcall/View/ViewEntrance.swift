import DNS
import KubeletDiscovery
import LinuxSystem

/// A step in entering a view.
public enum ViewStep: Sendable {
    case entered(View, ViewReason)
    case resolvConf(ClusterResolvConf)
    /// The kernel refused the mount namespace; the process's resolver state is used instead.
    case isolationFailed(IsolationProblem)
    case isolated(Isolation)
}

/// Moves the process into a view, and drops its privileges there.
struct ViewEntrance<Host: ViewHost> {
    let host: Host
    let cluster: ClusterDNS
    let isolation: Isolation
    let tell: (ViewStep) -> Void

    /// - Returns: The services to ask for host names.
    func enterHost(_ reason: ViewReason) throws(Errno) -> HostServices {
        tell(.entered(.host, reason))
        let services = host.services()
        try host.dropPrivileges(runsPrograms: services.hasOthers)
        return services
    }

    func enterCluster(_ reason: ViewReason) throws(Errno) {
        tell(.entered(.cluster, reason))
        isolate(by: isolation)
        try host.dropPrivileges(runsPrograms: false)
    }

    /// Moves from the host's view to the cluster's: the privileges needed for mounts are gone.
    func changeToCluster(_ reason: ViewReason) {
        tell(.entered(.cluster, reason))
        isolate(by: .process, completesNames: true)
    }

    /// Replaces the host's DNS with the cluster's, for this process only.
    ///
    /// - Parameter completesNames: Whether the search list will complete names.
    private func isolate(by isolation: Isolation, completesNames: Bool = false) {
        // A generated file has the search list that Pods have; without a file, it is read only if needed.
        let hostSearch = isolation == .namespace || completesNames ? host.resolvConf().search : []
        let resolvConf = ClusterResolvConf(
            servers: cluster.servers, domain: cluster.domain, hostSearch: hostSearch)
        tell(.resolvConf(resolvConf))
        if isolation == .namespace {
            do {
                try host.enterMountNamespace(resolvConf)
                return tell(.isolated(.namespace))
            } catch {
                tell(.isolationFailed(error))
            }
        }
        host.useInProcess(resolvConf)
        tell(.isolated(.process))
    }
}
