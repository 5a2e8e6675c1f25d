import KubeletDiscovery
import LinuxSystem

/// What happens on the road from the key to its answer, for the log or for a person to read.
public enum UpcallEvent: Sendable {
    /// What was asked for, before it is known whether it makes sense.
    case received(KeyDescription)
    case request(Request)
    case clusterDNS(ClusterDNS)
    case view(View, reason: ViewReason)
    case resolvConf(ResolvConf)
    /// The mount namespace was refused; the process's resolver state serves instead.
    case isolationFailed(IsolationProblem)
    case isolated(Isolation)
    case lookup(LookupReport)
    /// Whether an AFS cell is configured, and what is wrong with the files that could say so.
    case cellFiles(isFound: Bool, [CellFileProblem])
    case recordLookup(RecordReport)
    case servers(VLServerList)
    /// An AFS client is told in a list without servers why there are none.
    case noServers(Failure, VLServerList.Status, seconds: UInt32)
    /// The servers were asked directly because a lookup had no usable answer.
    case probe([IPAddress], [ServerReply])
    /// The last good answers are not kept, because of this.
    case lastAnswersFailed(LastAnswersProblem)
    /// The watchdog holds the last good answer ready, or nothing any more.
    case offered(StaleAnswer?)
    /// The last good answer is given, because of this.
    case stale(LookupProblem, StaleAnswer)
    case instantiated(Payload, seconds: UInt32)
    /// The key is about to be rejected, and still says who waits for it.
    case rejecting(Failure)
    case rejected(Failure, Rejection)
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

/// One call of getaddrinfo(3).
public struct LookupReport: Sendable {
    public let question: Question
    public let microseconds: Int
    public let result: Result<Answer, LookupProblem>
}

/// One question to DNS for records other than addresses.
public struct RecordReport: Sendable {
    public let name: HostName
    public let type: DNSRecordType
    public let microseconds: Int
    public let result: Result<DNSMessage, LookupProblem>
}

/// Who is told what happens.
public protocol UpcallObserver {
    mutating func observe(_ event: UpcallEvent)
}
