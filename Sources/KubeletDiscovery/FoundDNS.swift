import DNS
import LinuxSystem

/// What a search found, as the child process that searches tells its parent.
struct FoundDNS {
    /// The most that the parent reads, in bytes.
    static let longest = 1 << 16

    var answer: ClusterDNS
    /// What to remember; nil for nothing new.
    var memory: DiscoveryMemory.Content?

    init(answer: ClusterDNS, memory: DiscoveryMemory.Content? = nil) {
        self.answer = answer
        self.memory = memory
    }

    /// The child could not give up its privileges.
    init(_ errno: Errno) {
        answer = ClusterDNS(problem: "dropping privileges failed: \(errno.text)", isUnknown: true)
    }

    /// `server ADDRESS`, `domain NAME`, `source TEXT`, `problem TEXT` and `unknown`; then `memory` and the lines of
    /// ``DiscoveryMemory``; each once or more.
    var lines: Bytes {
        var lines = Bytes()
        for server in answer.servers { lines += "server \(server.text)\n" }
        lines += "domain "
        lines += answer.domain + Bytes("\n")
        for source in answer.sources { lines += "source \(source)\n" }
        if let problem = answer.problem { lines += "problem \(problem)\n" }
        if answer.isUnknown { lines += "unknown\n" }
        lines += "memory\n"
        if let memory { lines += DiscoveryMemory.text(memory, now: .now) }
        return lines
    }

    /// Nil for anything but whole lines of that kind, in printable ASCII.
    init?(parsing text: Bytes) {
        answer = ClusterDNS()
        var rest = text[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.equals("memory") {
                if !rest.isEmpty { memory = DiscoveryMemory.parse(Bytes(rest), now: .now, pid: .max) }
                return
            }
            guard line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
            let keyword = line.prefix { $0 != UInt8(ascii: " ") }
            let value = Bytes(line.dropFirst(keyword.count + 1))
            if keyword.equals("server"), answer.servers.count < 3, let server = IPAddress(value) {
                answer.servers.append(server)
            } else if keyword.equals("domain"), let domain = HostName.domain(value) {
                answer.domain = domain
            } else if keyword.equals("source") {
                answer.sources.append(String(decoding: value, as: UTF8.self))
            } else if keyword.equals("problem") {
                answer.problem = String(decoding: value, as: UTF8.self)
            } else if line.equals("unknown") {
                answer.isUnknown = true
            } else {
                return nil
            }
        }
        return nil
    }
}
