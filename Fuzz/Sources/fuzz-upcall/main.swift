import CLinux
import Fuzzing
import KubeletDiscovery

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

// Copied for each upcall: what it enters into the history lives as long as a process.
let observer = UpcallLog(log: HandlerLog(log: log), deadline: 5)

// A whole upcall: the key, the callout, the config file and the host's resolv.conf, each before a NUL, and then what
// becomes of everything that the program asks of the kernel and of the network.
fuzz { content in
    var input = Input(content)
    let world = World()
    let key = FuzzedKey(world: world, description: input.text(), callout: input.text())
    let configuration = Configuration.parse(input.text()).configuration
    let lookup = FuzzedLookup(world: world, hostFile: input.text())
    world.input = input
    // There is nothing to find there, so that the machine's own files do not matter.
    let nowhere = Bytes("/nonexistent")
    var afs = AFSOptions()
    afs.configFiles = [nowhere]
    var upcall = Upcall(
        key: key, lookup: lookup, configuration: configuration, root: nowhere, afs: afs,
        observer: observer)
    let isFound = upcall.run()
    require(world.isInstantiated != world.isRejected, "the key is answered, and once")
    require(world.isInstantiated || !isFound, "what was found is told")
}

/// What has happened, and what the rest of the input has to say.
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

    func setTimeout(seconds: UInt32) throws(Errno) {
        require((1...UInt32(Int32.max)).contains(seconds), "no key lives for ever")
        if let problem = world.problem() { throw problem }
        world.isTimed = true
    }

    func instantiate(payload: Bytes) throws(Errno) {
        require(world.isTimed, "a key has a lifetime before it has a payload")
        require((1...65_535).contains(payload.count), "a payload fits into a key")
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

struct FuzzedLookup: NameLookup {
    let world: World
    let hostFile: Bytes

    func enterPrivateView(_ resolvConf: ResolvConf) throws(IsolationProblem) {
        require(!world.isUnprivileged, "mounts come before the privileges go")
        require((1...3).contains(resolvConf.servers.count), "one to three servers")
        if let problem = world.problem() { throw IsolationProblem(step: .unshare, errno: problem) }
    }

    func useInProcess(_ resolvConf: ResolvConf) {
        require((1...3).contains(resolvConf.servers.count), "one to three servers")
    }

    func hostServices() -> HostServices {
        HostServices(parsing: Bytes("hosts: files dns"), hasNSCD: false)
    }

    func dropPrivileges(runsPrograms: Bool) throws(Errno) {
        if let problem = world.problem() { throw problem }
        world.isUnprivileged = true
    }

    func answer(to question: Question) throws(LookupProblem) -> Answer {
        require(world.isUnprivileged, "the privileges are gone before the network is asked")
        require(question.name.last == UInt8(ascii: ".") || question.name.count <= 253, "a name")
        requireName(question.name.last == UInt8(ascii: ".") ? question.name.dropLast() : question.name)
        let count = world.input.byte()
        if let problem = problem(count) { throw problem }
        return Answer(
            addresses: (0..<count).map { _ in world.input.address() },
            ttl: count & 1 == 0 ? nil : UInt32(world.input.number()) << 16)
    }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        require(world.isUnprivileged, "the privileges are gone before the network is asked")
        if let problem = problem(world.input.byte()) { throw problem }
        guard let message = DNSMessage(parsing: world.input.block()) else { throw .temporary }
        return message
    }

    func probe(_ servers: [IPAddress], for name: HostName, milliseconds: Int) -> [ServerReply] {
        require(world.isUnprivileged, "the privileges are gone before the network is asked")
        return servers.map { _ in
            let code = world.input.byte()
            return code == 0 ? .silent : code > 127 ? .unreachable(Errno(111)) : .answered(responseCode: code & 15)
        }
    }

    func isLocal(_ address: IPAddress) -> Bool { world.input.byte() & 1 == 1 }

    func hostResolvConf() -> Bytes { hostFile }

    // What is kept from one upcall to the next would make an input mean something else when it is tried again.
    func openLastAnswers(
        for name: HostName, _ families: Request.Families
    ) throws(LastAnswersProblem) -> LastAnswers {
        require(!world.isUnprivileged, "the file is opened before the privileges go")
        throw LastAnswersProblem(Bytes("/answers"), "not kept")
    }

    func offer(_ answer: StaleAnswer) { require(false, "nothing is kept, so nothing is offered") }

    func withdrawOffer() {}

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
