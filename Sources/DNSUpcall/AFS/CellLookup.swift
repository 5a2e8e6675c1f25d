import DNS
import KubeletDiscovery
import LinuxSystem

/// A step in the search for a cell's servers.
public enum CellStep: Sendable {
    /// Whether the cell is configured, and problems with the files that could configure it.
    case files(isFound: Bool, [CellFileProblem])
    case records(RecordReport)
    case servers(VLServerList)
}

/// Finds the servers of an AFS cell: in the host's files, and in the view to which the cell's name belongs.
struct CellLookup<Host: ViewHost, Resolver: AddressResolver & RecordResolver> {
    let entrance: ViewEntrance<Host>
    let resolver: Resolver
    let request: Request
    /// The directory below which to find the cell files.
    let root: Bytes
    /// The latest time to ask another question.
    let lastQuestion: Deadline
    let tell: (LookupStep) -> Void
    let tellCell: (CellStep) -> Void

    func servers() throws(LookupProblem) -> VLServerList {
        // Before dropping privileges: the files may not be readable by everyone.
        let (configured, problems) = CellDatabase(files: SystemCellFiles(root: root)).find(request.name.bytes)
        tellCell(.files(isFound: configured != nil, problems))

        let cluster = entrance.cluster
        let clusterName = cluster.servers.isEmpty ? nil : cluster.fullName(of: request.name)
        var hostServices: HostServices?
        do throws(Errno) {
            if clusterName != nil {
                try entrance.enterCluster(.clusterName)
            } else {
                hostServices = try entrance.enterHost(cluster.servers.isEmpty ? .noClusterDNS : .hostName)
            }
        } catch {
            throw .privileges(error)
        }
        // A name that is too long with the cluster's domain is not a cluster name.
        guard let cell = clusterName.map({ try? HostName(validating: $0) }) ?? request.name else {
            throw .noSuchName
        }
        let questions = ViewQuestions(
            resolver: resolver, hostServices: hostServices,
            servers: hostServices == nil ? cluster.servers : entrance.host.resolvConf().servers,
            lastQuestion: lastQuestion, tell: tell, tellCell: tellCell)
        var search = VLServerSearch(questions: questions, families: request.families)
        let list = try search.servers(of: cell, configured: configured)
        tellCell(.servers(list))
        return list
    }
}

/// Asks about a cell's servers in the view that the process is in.
private struct ViewQuestions<Resolver: AddressResolver & RecordResolver>: CellQuestions {
    let resolver: Resolver
    /// Nil in the cluster's view.
    let hostServices: HostServices?
    let servers: [IPAddress]
    let lastQuestion: Deadline
    let tell: (LookupStep) -> Void
    let tellCell: (CellStep) -> Void

    var hasTimeLeft: Bool { !lastQuestion.hasPassed }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        let start = MonotonicTime.now
        let result: Result<DNSMessage, LookupProblem>
        do {
            result = .success(try resolver.records(of: name, type))
        } catch {
            result = .failure(error)
        }
        tellCell(.records(RecordReport(name: name, type: type, time: start.elapsed, result: result)))
        return try result.get()
    }

    func serverAddresses(of name: HostName, _ families: AddressFamilies) throws(LookupProblem) -> FoundAddresses {
        func found(_ text: Bytes, _ service: NameService) throws(LookupProblem) -> FoundAddresses {
            let source = service == .files ? nil : TTLSource(servers: servers, fullName: name.bytes)
            return try resolver.addresses(
                for: Question(name: text, families: families, service: service, ttlSource: source), tell)
        }
        if let hostServices { return try found(name.bytes, .configured(hostServices)) }
        if let addresses = try? found(name.bytes, .files) { return addresses }
        // The final dot avoids a detour through the search list.
        return try found(name.bytes + [UInt8(ascii: ".")], .dns)
    }
}
