import CLinux
import DNS
import LinuxSystem

/// Uses getaddrinfo(3) for the services that are part of the program, and getent(1) for the host's other services.
public struct GlibcResolver: AddressResolver {
    /// When programs of the host must have finished.
    private let deadline: Deadline

    public init(deadline: Deadline) {
        self.deadline = deadline
    }

    public func addresses(for question: Question) throws(LookupProblem) -> FoundAddresses {
        guard let source = question.ttlSource else {
            return FoundAddresses(addresses: try addressesAlone(for: question))
        }
        var ttlQuery = TTLQuery(to: source.servers[0], for: source.fullName, question.families)
        let addresses: [IPAddress]
        do {
            addresses = try addressesAlone(for: question)
        } catch {
            if case .system = error {
                // The query's socket may have taken the last file descriptor available to the process.
                ttlQuery = nil
            } else if let ttlQuery, ttlQuery.isRefusedForEDNS() {
                // glibc gives up if a server does not support EDNS.
                ResolverState.doWithoutEDNS()
            } else {
                throw error
            }
            addresses = try addressesAlone(for: question)
        }
        // Asking another server adds to the wait only if the first one is down.
        var ttl = ttlQuery?.ttl(of: addresses)
        for server in source.servers.dropFirst() where ttl == nil {
            ttl = TTLQuery(to: server, for: source.fullName, question.families)?.ttl(of: addresses)
        }
        // Addresses from DNS have a TTL. If it did not arrive, the key must still not outlive it.
        return FoundAddresses(addresses: addresses, ttl: ttl ?? (question.service == .dns ? 0 : nil))
    }

    public func probe(_ servers: [IPAddress], for name: HostName, within time: Duration) -> [ServerReply] {
        ServerProbe.ask(servers, for: name, within: time)
    }

    private func addressesAlone(for question: Question) throws(LookupProblem) -> [IPAddress] {
        switch question.service {
        case .configured(let services): try addresses(for: question, services)
        case .files: try addressesInHosts(for: question)
        case .dns: try addresses(for: question, Bytes("dns"))
        }
    }

    /// glibc reads host.conf(5) only when it also reads resolv.conf. host.conf matters only for names in
    /// `/etc/hosts`, and few names are there.
    private func addressesInHosts(for question: Question) throws(LookupProblem) -> [IPAddress] {
        _ = try addresses(for: question, Bytes("files"))
        ResolverState.readHostConf()
        return try addresses(for: question, Bytes("files"))
    }

    /// The program's own services come first on the line, so what they find counts. The others are left out if
    /// getent cannot be started.
    private func addresses(
        for question: Question, _ services: HostServices
    ) throws(LookupProblem) -> [IPAddress] {
        var problem: LookupProblem?
        if !services.own.isEmpty {
            do { return try addresses(for: question, services.own) } catch { problem = error }
        }
        guard services.hasOthers else { throw problem ?? .noSuchName }
        do throws(Getent.Problem) {
            let addresses = try Getent.addresses(of: question.name, question.families, until: deadline)
            if !addresses.isEmpty { return addresses }
        } catch {
            switch error {
            case .noAnswer: throw .temporary
            case .notStarted: return try addressesWithoutOthers(for: question, services)
            }
        }
        if let problem, services.ownHasDNS { throw problem }
        // DNS may give the reason why there are none.
        if services.asksDNS { _ = try addresses(for: question, Bytes("dns")) }
        throw .noSuchName
    }

    /// The services that were not asked may know a name that is not found here, unless DNS has denied it.
    private func addressesWithoutOthers(
        for question: Question, _ services: HostServices
    ) throws(LookupProblem) -> [IPAddress] {
        guard !services.allOwn.isEmpty else { throw .temporary }
        do {
            return try addresses(for: question, services.allOwn)
        } catch {
            throw error == .noSuchName && !services.hasDNS ? .temporary : error
        }
    }

    /// - Parameter services: Only `files` and `dns`. Selecting them in the process also bypasses nscd and all NSS
    ///   modules of the host.
    private func addresses(for question: Question, _ services: Bytes) throws(LookupProblem) -> [IPAddress] {
        guard services.withCString({ __nss_configure_lookup("hosts", $0) }) == 0 else { throw .system(Errno.last) }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = question.families.number
        // If glibc cannot open another file, it reports a missing name if errno is 0 beforehand.
        linux_set_errno(EIO)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = question.name.withCString { getaddrinfo($0, nil, &hints, &list) }
        guard status == 0 else { throw LookupProblem(status: status, errno: Errno.last) }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap {
            $0?.pointee.ai_addr.flatMap { IPAddress($0) }
        }
    }
}
