import CLinux
import LinuxSystem

/// The lookup by getaddrinfo(3).
public struct SystemLookup: NameLookup {
    public init() {}

    public func enterPrivateView(_ resolvConf: ResolvConf) throws(IsolationProblem) {
        try PrivateView.enter(resolvConf)
    }

    public func useInProcess(_ resolvConf: ResolvConf) {
        ResolverState.use(resolvConf)
    }

    public func hostServices() -> HostServices {
        .read()
    }

    public func dropPrivileges(runsPrograms: Bool) throws(Errno) {
        try Privileges.drop(runsPrograms: runsPrograms)
    }

    public func answer(to question: Question) throws(LookupProblem) -> Answer {
        guard let source = question.ttlSource else { return Answer(addresses: try addresses(for: question)) }
        var ttlQuery = TTLQuery(to: source.servers[0], for: source.fullName, question.families)
        let addresses: [IPAddress]
        do {
            addresses = try self.addresses(for: question)
        } catch {
            if case .system = error {
                // The query's socket may have been the last that the process may open.
                ttlQuery = nil
            } else if let ttlQuery, ttlQuery.isRefusedForEDNS() {
                // glibc gives up where a server does not know EDNS.
                ResolverState.doWithoutEDNS()
            } else {
                throw error
            }
            addresses = try self.addresses(for: question)
        }
        // The wait for another server only adds up where the first one is down.
        var ttl = ttlQuery?.ttl(of: addresses)
        for server in source.servers.dropFirst() where ttl == nil {
            ttl = TTLQuery(to: server, for: source.fullName, question.families)?.ttl(of: addresses)
        }
        // Addresses from DNS have a TTL. Where it did not come, the key must not outlive it.
        return Answer(addresses: addresses, ttl: ttl ?? (question.service == .dns ? 0 : nil))
    }

    private func addresses(for question: Question) throws(LookupProblem) -> [IPAddress] {
        switch question.service {
        case .configured(let services): try addresses(for: question, services)
        case .files: try addressesInHosts(for: question)
        case .dns: try addresses(for: question, Bytes("dns"))
        }
    }

    /// glibc reads host.conf(5) only where it also reads resolv.conf. What host.conf says matters for names that are in
    /// `/etc/hosts`, and few are.
    private func addressesInHosts(for question: Question) throws(LookupProblem) -> [IPAddress] {
        _ = try addresses(for: question, Bytes("files"))
        ResolverState.readHostConf()
        return try addresses(for: question, Bytes("files"))
    }

    /// The own services come first on the line, so what they find counts. The others are left out where getent cannot
    /// be started.
    private func addresses(
        for question: Question, _ services: HostServices
    ) throws(LookupProblem) -> [IPAddress] {
        var problem: LookupProblem?
        if !services.own.isEmpty {
            do { return try addresses(for: question, services.own) } catch { problem = error }
        }
        guard services.hasOthers else { throw problem ?? .noSuchName }
        do throws(Getent.Problem) {
            let addresses = try Getent.addresses(of: question.name, question.families)
            if !addresses.isEmpty { return addresses }
        } catch {
            switch error {
            case .noAnswer: throw .temporary
            case .notStarted: return try addressesWithoutOthers(for: question, services)
            }
        }
        if let problem, services.ownHasDNS { throw problem }
        // Why there are none, DNS may tell.
        if services.asksDNS { _ = try addresses(for: question, Bytes("dns")) }
        throw .noSuchName
    }

    /// A name that is not found then may still be known to those that were not asked, unless DNS has denied it.
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

    /// - Parameter services: None but `files` and `dns`. Choosing them in the process also keeps nscd, and every NSS
    ///   module of the host, out of the way.
    private func addresses(for question: Question, _ services: Bytes) throws(LookupProblem) -> [IPAddress] {
        guard services.withCString({ __nss_configure_lookup("hosts", $0) }) == 0 else { throw .system(Errno.last) }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family =
            switch question.families {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .both: AF_UNSPEC
            }
        // Where glibc may open no more files, it calls that a missing name if the last failure was none.
        linux_set_errno(EIO)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = question.name.withCString { getaddrinfo($0, nil, &hints, &list) }
        guard status == 0 else { throw LookupProblem(status: status, errno: Errno.last) }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap {
            $0?.pointee.ai_addr.flatMap { IPAddress($0) }
        }
    }

    public func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        try ResolverQuery.ask(name, type)
    }

    public func probe(_ servers: [IPAddress], for name: HostName, milliseconds: Int) -> [ServerReply] {
        let query = DNSQuery(name: DNSName(name), type: .a, identifier: UInt16(truncatingIfNeeded: getpid()))
        return ServerProbe.ask(servers, query: query, milliseconds: milliseconds)
    }

    public func isLocal(_ address: IPAddress) -> Bool {
        address.isLocal
    }

    public func hostResolvConf() -> Bytes {
        (try? readRegularFile(Bytes(ResolvConf.path), limit: 65_536)) ?? []
    }

    public func openLastAnswers(
        for name: HostName, _ families: Request.Families
    ) throws(LastAnswersProblem) -> LastAnswers {
        try LastAnswers(for: name, families, in: Bytes(LastAnswers.path))
    }

    public func offer(_ answer: StaleAnswer) {
        Watchdog.offer(
            Payload(address: answer.address).bytes, seconds: answer.lifetime, within: answer.milliseconds)
    }

    public func withdrawOffer() {
        Watchdog.withdrawOffer()
    }
}

extension LookupProblem {
    /// The meaning of a status of getaddrinfo(3).
    init(status: Int32, errno: Errno) {
        switch status {
        case EAI_NONAME: self = .noSuchName
        case Int32(linux_eai_nodata), Int32(linux_eai_addrfamily): self = .noData
        case EAI_AGAIN: self = .temporary
        case EAI_FAIL: self = .refused
        case EAI_MEMORY: self = .system(Errno(ENOMEM))
        default: self = .system(errno)
        }
    }
}
