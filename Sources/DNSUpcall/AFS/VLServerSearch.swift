import CLinux
import DNS
import LinuxSystem

/// Finds the volume location servers of an AFS cell, from the same sources and in the same order as kafs-client.
///
/// The configuration says whether to use DNS for a cell that it knows. If so, SRV comes first, then AFSDB, RFC
/// 5864, then the configured servers.
struct VLServerSearch<Questions: CellQuestions> {
    private typealias Server = VLServerList.Server

    private let questions: Questions
    private let families: AddressFamilies
    /// Whether DNS failed to answer a question for a server's addresses.
    private var isSilent = false

    init(questions: Questions, families: AddressFamilies) {
        self.questions = questions
        self.families = families
    }

    /// - Throws: Why the most promising source gave no servers with addresses.
    mutating func servers(of cell: HostName, configured: AFSCell?) throws(LookupProblem) -> VLServerList {
        var problem = LookupProblem.noSuchName
        // A cell without servers is configured for some other purpose, such as its Kerberos realm.
        if configured?.useDNS ?? configured?.servers.isEmpty ?? true {
            do throws(LookupProblem) {
                return try serversFromDNS(of: cell, configured: configured)
            } catch {
                problem = error
            }
        }
        guard let configured, !configured.servers.isEmpty else { throw problem }
        return try serversFromConfiguration(configured)
    }

    private mutating func serversFromDNS(
        of cell: HostName, configured: AFSCell?
    ) throws(LookupProblem) -> VLServerList {
        var problem = LookupProblem.noSuchName
        for source in [VLServerList.Source.srv, .afsdb] {
            do throws(LookupProblem) {
                return try servers(of: cell, from: source, configured: configured)
            } catch {
                // An empty source means little if another source could not be asked.
                if problem.isAbsence { problem = error }
            }
        }
        throw problem
    }

    private mutating func servers(
        of cell: HostName, from source: VLServerList.Source, configured: AFSCell?
    ) throws(LookupProblem) -> VLServerList {
        guard questions.hasTimeLeft else { throw .temporary }
        let type = source == .srv ? DNSRecordType.srv : .afsdb
        var text = cell.bytes
        if source == .srv { text = Bytes("_afs3-vlserver._udp.") + text }
        // The name is too long, so there is no such record.
        guard let name = try? HostName(validating: text) else { throw .noSuchName }
        let message = try questions.records(of: name, type)
        guard let answer = message.answer(to: name, type) else {
            throw message.isDamaged ? .system(Errno(EBADMSG)) : .noData
        }

        var list = VLServerList(source: source, status: .good, lifetime: answer.ttl)
        var isDamaged = message.isDamaged
        for record in answer.records {
            switch server(record.data) {
            case .named(let server): list.servers.append(server)
            case .none: break
            case .unreadable: isDamaged = true
            }
        }
        guard !list.servers.isEmpty else { throw isDamaged ? .system(Errno(EBADMSG)) : .noData }
        if isDamaged { list.status = .goodWithBad }
        list.servers = list.servers.ordered
        return try withAddresses(
            list, sentAlong: message.additional, configured: configured, preferConfigured: false)
    }

    private enum RecordMeaning {
        case named(Server)
        /// A record that says there is no server, or that is not for AFS.
        case none
        case unreadable
    }

    private func server(_ data: DNSRecord.Data) -> RecordMeaning {
        switch data {
        case .service(_, _, _, let target) where target.isRoot: return .none
        case .service(let priority, let weight, let port, let target):
            guard let name = target.hostName else { return .unreadable }
            return .named(
                Server(
                    name: name.bytes, priority: priority, weight: weight,
                    port: port == 0 ? Server.defaultPort : port))
        case .afsDatabase(subtype: 1, let host):
            guard let name = host.hostName else { return host.isRoot ? .none : .unreadable }
            return .named(Server(name: name.bytes))
        case .malformed: return .unreadable
        default: return .none
        }
    }

    private mutating func serversFromConfiguration(_ cell: AFSCell) throws(LookupProblem) -> VLServerList {
        var list = VLServerList(source: .configuration, status: .good)
        list.servers = cell.servers.map { Server(name: $0.name, port: $0.port) }
        return try withAddresses(list, sentAlong: [], configured: cell, preferConfigured: cell.useDNS != true)
    }

    /// The list with the servers' addresses: from the name services, else the additional ones from DNS, else from
    /// the configuration.
    ///
    /// - Parameter preferConfigured: Whether to skip the lookup of a server that has addresses in the
    ///   configuration.
    private mutating func withAddresses(
        _ list: VLServerList, sentAlong: [DNSRecord], configured: AFSCell?, preferConfigured: Bool
    ) throws(LookupProblem) -> VLServerList {
        var list = list
        var problem = LookupProblem.noData
        for index in list.servers.indices {
            var server = list.servers[index]
            let spare = spareAddresses(of: server, from: list.source, sentAlong, configured)
            do throws(LookupProblem) {
                let isLookedUp = spare.addresses.isEmpty || !(preferConfigured || isSilent)
                let found = isLookedUp ? try lookUp(server.name) : spare
                server.addresses = found.addresses
                server.source = isLookedUp ? .nss : spare.source
                server.status = .good
                list.lifetime = shorter(list.lifetime, found.ttl)
            } catch {
                server.addresses = spare.addresses
                server.source = spare.addresses.isEmpty ? .nss : spare.source
                server.status = spare.addresses.isEmpty ? VLServerList.Status(error) : .good
                list.lifetime = shorter(list.lifetime, spare.ttl)
                if problem.isAbsence { problem = error }
            }
            list.servers[index] = server
        }
        guard list.servers.contains(where: { !$0.addresses.isEmpty }) else { throw problem }
        return list
    }

    private typealias Found = (addresses: [IPAddress], ttl: UInt32?, source: VLServerList.Source)

    private mutating func lookUp(_ name: Bytes) throws(LookupProblem) -> Found {
        // The configuration may give an address instead of a name.
        guard let name = try? HostName(validating: name) else { throw .noData }
        guard questions.hasTimeLeft else { throw .temporary }
        do throws(LookupProblem) {
            let found = try questions.serverAddresses(of: name, families)
            guard !found.addresses.isEmpty else { throw LookupProblem.noData }
            return (found.addresses, found.ttl, .nss)
        } catch {
            if !error.isAbsence { isSilent = true }
            throw error
        }
    }

    private func spareAddresses(
        of server: Server, from source: VLServerList.Source, _ sentAlong: [DNSRecord], _ configured: AFSCell?
    ) -> Found {
        var spare: Found = ([], nil, source)
        if let name = try? HostName(validating: server.name) {
            let owner = DNSName(name)
            for record in sentAlong where record.owner == owner {
                guard case .address(let address) = record.data, families.include(address) else { continue }
                spare.addresses.append(address)
                spare.ttl = shorter(spare.ttl, record.ttl)
            }
        }
        if spare.addresses.isEmpty, let configured {
            for other in configured.servers where other.name.lowercased == server.name.lowercased {
                // Another port on the same host is another server, unless the port comes only from DNS.
                guard source != .configuration || other.port == server.port else { continue }
                spare.addresses += other.addresses.filter(families.include)
            }
            spare.source = .configuration
        }
        return spare
    }

    private func shorter(_ one: UInt32?, _ other: UInt32?) -> UInt32? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
