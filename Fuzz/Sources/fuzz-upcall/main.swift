import CLinux
import Fuzzing
import KubeletDiscovery

@testable import DNS
@testable import DNSUpcall
@testable import LinuxSystem

let log = SystemLog(threshold: .debug) { _, line, fields in
    requireLine(line, limit: 4 * 400 + 1200)
    for field in fields.bytes.split(separator: 0x0A) {
        requireLine(String(decoding: field, as: UTF8.self), limit: 4 * 400 + 1200)
        require(
            field.starts(with: Bytes("RESOLVER_".utf8)) || field.starts(with: Bytes("MESSAGE_ID=".utf8)), "ours")
    }
}

// One for all inputs: its history entry lives as long as the process.
let observer = HandlerReport(log: HandlerLog(log: log, isFirst: { _ in true }), deadline: .seconds(5))

// A whole upcall: the key, the callout, the config file and the host's resolv.conf, each before a NUL, and then the
// results of everything that the program asks of the kernel and the network.
fuzz { content in
    var input = Input(content)
    let world = World()
    let key = FuzzedKey(world: world, description: input.text(), callout: input.text())
    let configuration = Configuration.parse(input.text()).configuration
    let host = FuzzedHost(world: world, hostFile: input.text())
    world.input = input
    // It contains nothing, so that the machine's own files do not matter.
    let nowhere = Bytes("/nonexistent")
    let upcall = Upcall(
        key: key, host: host, resolver: FuzzedResolver(world: world), configuration: configuration, root: nowhere,
        isLocal: { _ in world.input.byte() & 1 == 1 }, observer: observer)
    let isFound = upcall.run()
    require(world.isInstantiated != world.isRejected, "the key is answered exactly once")
    require(world.isInstantiated || !isFound, "a found answer is given")
}

/// What has happened so far, and the rest of the input.
final class World {
    var input = Input([])
    var isUnprivileged = false
    var isTimed = false
    var isInstantiated = false
    var isRejected = false

    func problem() -> Errno? {
        let code = input.byte() & 0x7F
        return code == 0 || code > 32 ? nil : Errno(Int32(code))
    }
}

struct FuzzedKey: AnswerableKey {
    let world: World
    let description: Bytes
    let callout: Bytes

    func describe() throws(Errno) -> Bytes {
        if let problem = world.problem() { throw problem }
        return description
    }

    func calloutInfo() throws(Errno) -> Bytes { callout }

    // State kept from one upcall to the next would change the meaning of an input when it is tried again.
    var isForKernel: Bool { false }

    func setTimeout(seconds: UInt32) throws(Errno) {
        require((1...UInt32(Int32.max)).contains(seconds), "no key lasts forever")
        if let problem = world.problem() { throw problem }
        world.isTimed = true
    }

    func instantiate(payload: Bytes) throws(Errno) {
        require(world.isTimed, "a key has a lifetime before it has a payload")
        require((1...65_535).contains(payload.count), "a payload fits in a key")
        if payload.first != 0 {
            require(payload.last == 0, "text ends with NUL")
            requireLine(String(decoding: payload.dropLast(), as: UTF8.self), limit: 65_534)
        }
        if let problem = world.problem() { throw problem }
        require(!world.isInstantiated && !world.isRejected, "a key is answered once")
        world.isInstantiated = true
    }

    func reject(errno: Errno, seconds: UInt32) throws(Errno) {
        require(!world.isInstantiated && !world.isRejected, "a key is answered once")
        require(
            [ENODATA, EAGAIN, ECONNREFUSED, EINVAL, EIO].contains(errno.code), "an errno that file systems know")
        require((1...10).contains(seconds), "a failure is remembered for 1 to 10 s")
        world.isRejected = true
    }
}

struct FuzzedHost: ViewHost {
    let world: World
    let hostFile: Bytes

    func resolvConf() -> ResolvConfFile { ResolvConfFile(parsing: hostFile) }

    func services() -> HostServices { HostServices(parsing: Bytes("hosts: files dns"), hasNSCD: false) }

    func enterMountNamespace(_ resolvConf: ClusterResolvConf) throws(IsolationProblem) {
        require(!world.isUnprivileged, "mounts come before privileges are dropped")
        require((1...3).contains(resolvConf.servers.count), "one to three servers")
        if let problem = world.problem() { throw IsolationProblem(step: .unshare, errno: problem) }
    }

    func useInProcess(_ resolvConf: ClusterResolvConf) {
        require((1...3).contains(resolvConf.servers.count), "one to three servers")
    }

    func dropPrivileges(runsPrograms: Bool) throws(Errno) {
        if let problem = world.problem() { throw problem }
        world.isUnprivileged = true
    }
}

struct FuzzedResolver: AddressResolver, RecordResolver {
    let world: World

    func addresses(for question: Question) throws(LookupProblem) -> FoundAddresses {
        require(world.isUnprivileged, "privileges are dropped before the network is asked")
        require(question.name.last == UInt8(ascii: ".") || question.name.count <= 253, "a name")
        requireName(question.name.last == UInt8(ascii: ".") ? question.name.dropLast() : question.name)
        let count = world.input.byte()
        if let problem = problem(count) { throw problem }
        return FoundAddresses(
            addresses: (0..<count).map { _ in world.input.address() },
            ttl: count & 1 == 0 ? nil : UInt32(world.input.number()) << 16)
    }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        require(world.isUnprivileged, "privileges are dropped before the network is asked")
        if let problem = problem(world.input.byte()) { throw problem }
        guard let message = DNSMessage(parsing: world.input.block()) else { throw .temporary }
        return message
    }

    func probe(_ servers: [IPAddress], for name: HostName, within time: Duration) -> [ServerReply] {
        require(world.isUnprivileged, "privileges are dropped before the network is asked")
        return servers.map { _ in
            let code = world.input.byte()
            return code == 0 ? .silent : code > 127 ? .unreachable(Errno(111)) : .answered(responseCode: code & 15)
        }
    }

    private func problem(_ code: UInt8) -> LookupProblem? {
        switch code {
        case 0: .noSuchName
        case 250: .noData
        case 251: .temporary
        case 252: .noServerReachable
        case 253: .refused
        case 254, 255: .system(Errno(5))
        default: nil
        }
    }
}
