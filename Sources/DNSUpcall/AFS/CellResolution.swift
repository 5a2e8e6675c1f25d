import KubeletDiscovery
import LinuxSystem

extension NameResolution {
    /// Finds the servers of an AFS cell: in the host's files, and in the view that the cell's name belongs to.
    mutating func servers(for request: Request, _ options: AFSOptions) throws(Failure) -> VLServerList {
        // Before the privileges go: not everyone may be allowed to read the files.
        let (configured, problems) = CellDatabase(files: SystemCellFiles(), configured: options.configFiles)
            .find(request.name.bytes)
        observer.observe(.cellFiles(isFound: configured != nil, problems))

        let clusterName = cluster.servers.isEmpty ? nil : cluster.fullName(of: request.name)
        var hostServices: HostServices?
        if clusterName != nil {
            observer.observe(.view(.cluster, reason: .clusterName))
            isolate(by: configuration.isolation)
        } else {
            observer.observe(.view(.host, reason: cluster.servers.isEmpty ? .noClusterDNS : .hostName))
            hostServices = lookup.hostServices()
        }
        try dropPrivileges(runsPrograms: hostServices?.hasOthers ?? false)
        // A name that is too long with the cluster's domain is none of the cluster's.
        guard let cell = clusterName.map({ try? HostName(validating: $0) }) ?? request.name else {
            throw .lookup(.noSuchName)
        }
        var search = AFSServerLookup(
            lookup: CellRecordLookup(resolution: self, hostServices: hostServices),
            families: request.families, restrictions: options.restrictions)
        defer { observer = search.lookup.resolution.observer }
        do {
            return try search.servers(of: cell, configured: configured)
        } catch {
            throw .lookup(error)
        }
    }
}

/// The questions of a cell's servers in one of the two views.
struct CellRecordLookup<Lookup: NameLookup, Observer: UpcallObserver>: ServerRecordLookup {
    private(set) var resolution: NameResolution<Lookup, Observer>
    /// Nil in the cluster's view.
    private let hostServices: HostServices?
    private let servers: [IPAddress]
    private let end: Int

    init(resolution: NameResolution<Lookup, Observer>, hostServices: HostServices?) {
        self.resolution = resolution
        self.hostServices = hostServices
        servers =
            hostServices == nil
            ? resolution.cluster.servers : ResolvConf.nameServers(of: resolution.lookup.hostResolvConf())
        // A question that is asked in the first half is answered, or given up, in the second.
        end = monotonicMicroseconds() + resolution.configuration.deadline * 500_000
    }

    var hasTimeLeft: Bool { monotonicMicroseconds() < end }

    mutating func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        let start = monotonicMicroseconds()
        let result: Result<DNSMessage, LookupProblem>
        do {
            result = .success(try resolution.lookup.records(of: name, type))
        } catch {
            result = .failure(error)
        }
        resolution.observer.observe(
            .recordLookup(
                RecordReport(name: name, type: type, microseconds: monotonicMicroseconds() - start, result: result))
        )
        return try result.get()
    }

    mutating func serverAddresses(
        of name: HostName, _ families: Request.Families
    ) throws(LookupProblem) -> Answer {
        if let hostServices { return try ask(name.bytes, name, families, .configured(hostServices)) }
        if let answer = try? ask(name.bytes, name, families, .files) { return answer }
        // The final dot saves the detour through the search list.
        return try ask(name.bytes + [UInt8(ascii: ".")], name, families, .dns)
    }

    private mutating func ask(
        _ text: Bytes, _ name: HostName, _ families: Request.Families, _ service: NameService
    ) throws(LookupProblem) -> Answer {
        let ttlSource = service == .files ? nil : TTLSource(servers: servers, fullName: name.bytes)
        return try resolution.ask(Question(name: text, families: families, service: service, ttlSource: ttlSource))
    }
}
