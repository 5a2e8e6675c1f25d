import DNS
import LinuxSystem

/// What has happened in one upcall so far: the single record that the log, journal, history and `--debug` show.
public final class UpcallReport {
    public let start = MonotonicTime.now
    /// The request. Any local user may have written it.
    public private(set) var description: Bytes?
    /// The view of the latest lookup; nil before any lookup.
    public private(set) var view: View?
    /// The servers of the view, as far as they are known: the cluster's, or those that were asked directly.
    public private(set) var servers: [IPAddress] = []
    /// The servers' replies when asked directly.
    public private(set) var replies: [ServerReply] = []

    init() {}

    func add(_ step: UpcallStep) {
        switch step {
        case .received(let key): description = key.description
        case .clusterDNS(let cluster): servers = cluster.servers
        case .lookup(.view(.entered(let view, _))):
            self.view = view
            replies = []
        case .lookup(.probe(let servers, let replies)):
            self.servers = servers
            self.replies = replies
        default: break
        }
    }

    /// The request, for the beginning of a line.
    var subject: String { description.map { escaped($0, limit: 260) } ?? "request" }

    /// The first of the cluster's servers, if the cluster's view is in use.
    var clusterServer: IPAddress? { view == .cluster ? servers.first : nil }

    /// The view and the servers, as far as the lookup got.
    var path: String {
        guard let view else { return "not looked up" }
        var text = "\(view.text) view"
        guard view == .cluster || !replies.isEmpty else { return text }
        for (index, server) in servers.enumerated() {
            text += index == 0 ? ", server " : " and "
            text += server.text
            if index < replies.count { text += " (\(replies[index].text))" }
        }
        return text
    }
}
