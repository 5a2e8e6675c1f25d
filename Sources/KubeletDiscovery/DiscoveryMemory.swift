import CLinux
import LinuxSystem

/// What is kept from one upcall for the next ones, each of which is a new process: the answer that the running
/// kubelet's settings gave, where it was found, or that there is none.
///
/// The file is root's alone, and what it says is checked: an answer holds for as long as the same process runs and
/// none of the files it came from has changed; a process has to pass every check that it would have to pass
/// otherwise; that there is no kubelet holds for half a minute, and for the processes that ran then.
struct DiscoveryMemory {
    enum Content: Equatable {
        case answer(RememberedAnswer)
        case process(pid: Int, startTime: Int)
        /// - Parameter lastPID: Processes with a higher number have not been looked at.
        case nothing(lastPID: Int)
    }

    private static let directory = Bytes("/run/resolver")
    private static let file = Bytes("/run/resolver/kubelet")
    private static let largestFile = 1 << 15
    /// How long the absence of a kubelet is remembered, in seconds.
    static let absence = 30

    /// What is remembered.
    func recall() -> Content? {
        guard let tree = try? FileTree(root: Bytes("/")),
            let content = try? tree.read(Self.file, limit: Self.largestFile)
        else { return nil }
        return Self.parse(content, now: monotonicMicroseconds() / 1_000_000, pid: Int(getpid()))
    }

    /// Replaces what was remembered. Without privileges, or without a place to write to, nothing is.
    func remember(_ content: Content) {
        guard geteuid() == 0 else { return }
        let text = Self.text(content, now: monotonicMicroseconds() / 1_000_000)
        guard text.count <= Self.largestFile else { return }
        let temporary = Self.file + Bytes(".\(getpid())".utf8)
        _ = Self.directory.withCString { mkdir($0, 0o755) }
        do throws(Errno) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            try FileDescriptor.open(temporary, flags, mode: 0o600).write(text)
            _ = temporary.withCString { from in Self.file.withCString { rename(from, $0) } }
        } catch {
            _ = temporary.withCString { unlink($0) }
        }
    }

    /// One fact on each line: `process PID START`, with the start in clock ticks since boot, and for an answer the
    /// facts of ``RememberedAnswer``, with `unit` as the first word for a process in a kubelet's control group; or
    /// `nothing PID SECONDS`, with the time of the look on the monotonic clock.
    static func text(_ content: Content, now: Int) -> Bytes {
        switch content {
        case .answer(let answer):
            Bytes("\(answer.isInControlGroup ? "unit" : "process") \(answer.pid) \(answer.startTime)\n".utf8)
                + answer.lines
        case .process(let pid, let startTime): Bytes("process \(pid) \(startTime)\n".utf8)
        case .nothing(let lastPID): Bytes("nothing \(lastPID) \(now)\n".utf8)
        }
    }

    /// - Parameters:
    ///   - now: Seconds on the monotonic clock.
    ///   - pid: This process. Numbers are given in turn, so that a lower one than before tells that they began
    ///     anew.
    static func parse(_ text: Bytes, now: Int, pid: Int) -> Content? {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard lines.popLast()?.isEmpty == true, let first = lines.popFirst() else { return nil }
        let words = words(first)
        guard let keyword = words.first, let numbers = decimals(words.dropFirst()) else { return nil }
        if keyword.equals("process"), numbers.count == 2, lines.isEmpty {
            return .process(pid: numbers[0], startTime: numbers[1])
        }
        if keyword.equals("process") || keyword.equals("unit"), numbers.count == 2 {
            return RememberedAnswer(
                pid: numbers[0], startTime: numbers[1], isInControlGroup: keyword.equals("unit"), lines: lines
            ).map { .answer($0) }
        }
        guard keyword.equals("nothing"), numbers.count == 2, lines.isEmpty, numbers[0] <= pid,
            (0..<absence).contains(now - numbers[1])
        else { return nil }
        return .nothing(lastPID: numbers[0])
    }
}

/// An answer with all that it depends on.
struct RememberedAnswer: Equatable {
    var pid: Int
    /// In clock ticks since boot.
    var startTime: Int
    /// Whether it is where a service manager puts the kubelet, so that no other process comes before it.
    var isInControlGroup: Bool
    var files: [Evidence.File]
    var servers: [IPAddress]
    var domain: Bytes
    /// Printable ASCII.
    var sources: [Bytes]

    /// An answer to keep; nil where it would not hold, or not for certain: a file that was changed just now could
    /// change again within the same tick of the filesystem's clock.
    init?(_ answer: ClusterDNS, pid: Int, startTime: Int, isInControlGroup: Bool, evidence: Evidence) {
        let newest = time(nil) - 2
        guard evidence.isComplete, !answer.servers.isEmpty,
            evidence.files.allSatisfy({ $0.identity.changed < newest && !$0.path.contains(UInt8(ascii: "\n")) })
        else { return nil }
        self.pid = pid
        self.startTime = startTime
        self.isInControlGroup = isInControlGroup
        files = evidence.files
        servers = answer.servers
        domain = answer.domain
        sources = answer.sources.map { Bytes($0.utf8) }
    }

    /// Reads ``lines``, without their line ends.
    init?(pid: Int, startTime: Int, isInControlGroup: Bool, lines: ArraySlice<ArraySlice<UInt8>>) {
        var lines = lines
        guard lines.popLast()?.equals("end") == true else { return nil }
        self.pid = pid
        self.startTime = startTime
        self.isInControlGroup = isInControlGroup
        (files, servers, domain, sources) = ([], [], [], [])
        for line in lines {
            let keyword = line.prefix { $0 != 0x20 }
            let value = line.dropFirst(keyword.count + 1)
            if keyword.equals("server"), let server = IPAddress(value) {
                servers.append(server)
            } else if keyword.equals("domain"), let name = domainName(Bytes(value)), value.elementsEqual(name) {
                domain = name
            } else if keyword.equals("source"), value.allSatisfy({ (0x20...0x7E).contains($0) }) {
                sources.append(Bytes(value))
            } else if keyword.equals("file"), let file = Self.file(value) {
                files.append(file)
            } else {
                return nil
            }
        }
        guard (1...3).contains(servers.count), !domain.isEmpty else { return nil }
    }

    private static func file(_ text: ArraySlice<UInt8>) -> Evidence.File? {
        let parts = text.split(separator: 0x20, maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[7].first == UInt8(ascii: "/"), let numbers = decimals(parts[..<7]) else {
            return nil
        }
        return Evidence.File(path: Bytes(parts[7]), identity: FileIdentity(numbers: numbers))
    }

    /// `file` with the identity and the path, `server`, `domain`, `source`, and `end`.
    var lines: Bytes {
        var lines = Bytes()
        for file in files {
            lines += "file "
            for number in file.identity.numbers { lines += "\(number) " }
            lines += file.path
            lines += "\n"
        }
        for server in servers { lines += "server \(server.text)\n" }
        lines += "domain "
        lines += domain
        for source in sources {
            lines += "\nsource "
            lines += source
        }
        lines += "\nend\n"
        return lines
    }

    /// Whether the same process still runs and is the one to ask, and the files are as they were.
    func holds(in tree: borrowing FileTree) -> Bool {
        guard isInControlGroup || KubeletSearch.inControlGroups(tree) == nil,
            let status = tree.readKernelFile(Bytes("/proc/\(pid)/stat".utf8))
        else { return false }
        return KubeletDiscovery.startTime(stat: status) == startTime
            && files.allSatisfy { FileIdentity(at: $0.path) == $0.identity }
    }
}

private func decimals(_ texts: some Collection<some Collection<UInt8>>) -> [Int]? {
    var numbers: [Int] = []
    for text in texts {
        guard let number = decimal(text, atMost: .max / 16) else { return nil }
        numbers.append(number)
    }
    return numbers
}
