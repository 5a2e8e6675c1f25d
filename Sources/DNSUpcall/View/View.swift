/// Where to look up a name.
public enum View: Equatable, Sendable {
    /// The view of every program on the host.
    case host
    /// The process's own view, in which the cluster's DNS servers replace the host's.
    case cluster

    public var text: String {
        switch self {
        case .host: "host"
        case .cluster: "cluster"
        }
    }
}

/// Why a name is looked up in a view.
public enum ViewReason: Equatable, Sendable {
    case clusterName
    case hostName
    case noClusterDNS
    case notFoundByHost
    case requestedServer

    public var text: String {
        switch self {
        case .clusterName: "the name belongs to the cluster"
        case .hostName: "the name does not belong to the cluster"
        case .noClusterDNS: "no cluster DNS is known"
        case .notFoundByHost: "the host does not find the name"
        case .requestedServer: "the request names the server"
        }
    }
}
