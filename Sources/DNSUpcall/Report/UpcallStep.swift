import KubeletDiscovery
import LinuxSystem

/// A step from the key to its answer.
public enum UpcallStep: Sendable {
    /// The request, before it is validated.
    case received(KeyDescription)
    case request(Request)
    case clusterDNS(ClusterDNS)
    case lookup(LookupStep)
    case cell(CellStep)
    case answered(Payload, seconds: UInt32)
    /// An AFS client gets a list without servers that says why there are none.
    case answeredWithoutServers(LookupProblem, VLServerList.Status, seconds: UInt32)
    /// The key is about to be rejected.
    case rejected(Failure, Rejection)
}

/// Receives each step, after the report has recorded it.
public protocol UpcallObserver: AnyObject {
    func observe(_ step: UpcallStep, in report: UpcallReport)
}
