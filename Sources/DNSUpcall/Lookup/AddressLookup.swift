import DNS
import KubeletDiscovery
import LinuxSystem

/// Finds the addresses of a name: chooses the view, enters it, and asks there.
struct AddressLookup<Host: ViewHost, Resolver: AddressResolver> {
    /// How long a server may take to reply when asked directly.
    private static var probeTime: Duration { .milliseconds(200) }

    let entrance: ViewEntrance<Host>
    let resolver: Resolver
    let request: Request
    /// The family to ask for first if either will do.
    let preferredFamily: AddressFamilies
    let tell: (LookupStep) -> Void

    private var cluster: ClusterDNS { entrance.cluster }

    func addresses() throws(LookupProblem) -> FoundAddresses {
        let fullName = cluster.fullName(of: request.name)
        if request.server != nil {
            return try clusterAddresses(of: fullName ?? request.name.bytes, .requestedServer)
        }
        guard !cluster.servers.isEmpty else { return try hostAddresses(.noClusterDNS) }
        if let fullName { return try clusterAddresses(of: fullName, .clusterName) }
        do {
            return try hostAddresses(.hostName)
        } catch .privileges(let errno) {
            throw .privileges(errno)
        } catch {
            // The host's error counts unless the cluster knows the name.
            guard let found = clusterAddresses(after: error) else { throw error }
            return found
        }
    }

    private func hostAddresses(_ reason: ViewReason) throws(LookupProblem) -> FoundAddresses {
        let services: HostServices
        do { services = try entrance.enterHost(reason) } catch { throw .privileges(error) }
        let resolvConf = entrance.host.resolvConf()
        let fullName = completed(request.name, resolvConf.search)
        do {
            return try ask(request.name.text, .configured(services), (resolvConf.servers, fullName))
        } catch {
            throw diagnosed(error, servers: resolvConf.servers)
        }
    }

    private func clusterAddresses(
        of fullName: Bytes, _ reason: ViewReason
    ) throws(LookupProblem) -> FoundAddresses {
        do { try entrance.enterCluster(reason) } catch { throw .privileges(error) }
        if let found = try? ask(request.name.bytes, .files) { return found }
        do {
            // The final dot avoids a detour through the search list.
            return try ask(fullName + [UInt8(ascii: ".")], .dns, (cluster.servers, fullName))
        } catch {
            throw diagnosed(error, servers: cluster.servers)
        }
    }

    /// The search list completes a name such as `store.default`, but only if the host knows that there is no such
    /// name: otherwise, the owner of the namespace `com` could answer for `files.example.com` while the host's DNS
    /// is down.
    private func clusterAddresses(after problem: LookupProblem) -> FoundAddresses? {
        entrance.changeToCluster(.notFoundByHost)
        let name = request.name.bytes
        guard problem.isAbsence, !request.name.isAbsolute else {
            return try? ask(name + [UInt8(ascii: ".")], .dns, (cluster.servers, name))
        }
        return try? ask(name, .dns, (cluster.servers, name + Bytes(".svc.") + cluster.domain))
    }

    /// The name that glibc will most likely find: a name with a dot as is, any other with the first search domain.
    private func completed(_ name: HostName, _ search: [Bytes]) -> Bytes {
        let dot = UInt8(ascii: ".")
        guard !name.isAbsolute, !name.bytes.contains(dot), let suffix = search.first else { return name.bytes }
        return name.bytes + [dot] + suffix
    }

    /// If one address is enough, asks for the preferred family first: that takes one DNS query instead of two, and
    /// avoids the wait for an unneeded answer.
    private func ask(
        _ name: Bytes, _ service: NameService, _ source: (servers: [IPAddress], fullName: Bytes)? = nil
    ) throws(LookupProblem) -> FoundAddresses {
        let ttlSource = source.flatMap { TTLSource(servers: $0.servers, fullName: $0.fullName) }
        func found(_ families: AddressFamilies) throws(LookupProblem) -> FoundAddresses {
            try resolver.addresses(
                for: Question(name: name, families: families, service: service, ttlSource: ttlSource), tell)
        }
        guard request.families == .both, !request.wantsList, service != .files else {
            return try found(request.families)
        }
        do {
            return try found(preferredFamily)
        } catch .noData {
            return try found(preferredFamily.other)
        } catch .noSuchName where service.isConfigured {
            // From DNS, NXDOMAIN covers all record types: RFC 8020. Other services may mean only one family.
            return try found(preferredFamily.other)
        }
    }

    /// Distinguishes unreachable servers from servers that fail to answer, which getaddrinfo(3) does not.
    private func diagnosed(_ problem: LookupProblem, servers: [IPAddress]) -> LookupProblem {
        guard problem == .temporary, !servers.isEmpty else { return problem }
        let replies = resolver.probe(servers, for: request.name, within: Self.probeTime)
        tell(.probe(servers, replies))
        return replies.allSatisfy { if case .unreachable = $0 { true } else { false } }
            ? .noServerReachable : problem
    }
}
