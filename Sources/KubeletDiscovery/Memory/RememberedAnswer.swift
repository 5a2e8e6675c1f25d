import DNS
import LinuxSystem

/// An answer and everything it depends on.
struct RememberedAnswer: Equatable {
    var process: ProcessIdentity
    /// Whether the process is in a control group where a service manager puts the kubelet. No other process takes
    /// precedence over it then.
    var isInControlGroup: Bool
    var files: [Evidence.File]
    var servers: [IPAddress]
    var domain: Bytes
    /// In printable ASCII.
    var sources: [Bytes]

    /// Nil if the answer cannot be remembered. If a file changed within the last two seconds, another change in the
    /// same tick of the filesystem's clock would not show.
    init?(
        process: ProcessIdentity, isInControlGroup: Bool, evidence: Evidence, servers: [IPAddress], domain: Bytes,
        sources: [String]
    ) {
        let newest = Moment.now.sinceEpoch - 2
        guard evidence.isComplete, !servers.isEmpty,
            evidence.files.allSatisfy({ $0.identity.changed < newest && !$0.path.contains(UInt8(ascii: "\n")) })
        else { return nil }
        self.process = process
        self.isInControlGroup = isInControlGroup
        files = evidence.files
        self.servers = servers
        self.domain = domain
        self.sources = sources.map { Bytes($0.utf8) }
    }

    /// Reads ``lines``, without their line ends.
    init?(process: ProcessIdentity, isInControlGroup: Bool, lines: ArraySlice<ArraySlice<UInt8>>) {
        guard lines.last?.equals("end") == true else { return nil }
        self.process = process
        self.isInControlGroup = isInControlGroup
        (files, servers, domain, sources) = ([], [], [], [])
        for line in lines.dropLast() {
            guard read(line) else { return nil }
        }
        guard (1...3).contains(servers.count), !domain.isEmpty else { return nil }
    }

    /// Returns false for a line that ``lines`` would not contain.
    private mutating func read(_ line: ArraySlice<UInt8>) -> Bool {
        let keyword = line.prefix { $0 != UInt8(ascii: " ") }
        let value = line.dropFirst(keyword.count + 1)
        if keyword.equals("server"), let server = IPAddress(value) {
            servers.append(server)
        } else if keyword.equals("domain"), let name = HostName.domain(Bytes(value)), value.elementsEqual(name) {
            domain = name
        } else if keyword.equals("source"), value.allSatisfy({ (0x20...0x7E).contains($0) }) {
            sources.append(Bytes(value))
        } else if keyword.equals("file"), let file = Self.file(value) {
            files.append(file)
        } else {
            return false
        }
        return true
    }

    private static func file(_ text: ArraySlice<UInt8>) -> Evidence.File? {
        let parts = text.split(separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[7].first == UInt8(ascii: "/"), let numbers = decimals(parts[..<7]) else {
            return nil
        }
        return Evidence.File(path: Bytes(parts[7]), identity: FileIdentity(numbers: numbers))
    }

    /// Lines of `file` (with the seven numbers of ``FileIdentity`` and the path), `server`, `domain` and `source`,
    /// and `end`.
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

    /// Whether the same process still runs and none takes precedence over it, and the files are unchanged.
    func isValid(in tree: borrowing FileTree) -> Bool {
        (isInControlGroup || !KubeletSearch.mayFindInControlGroups(tree)) && process.isKubelet(in: tree)
            && files.allSatisfy { FileIdentity(at: $0.path) == $0.identity }
    }
}

/// Numbers small enough for any sum of a few of them.
func decimals(_ texts: some Collection<some Collection<UInt8>>) -> [Int]? {
    var numbers: [Int] = []
    for text in texts {
        guard let number = decimal(text, atMost: .max / 16) else { return nil }
        numbers.append(number)
    }
    return numbers
}
