import DNS
import LinuxSystem

/// What the files of kafs-client.conf(5) say about one cell.
struct KAFSConfiguration<Files: CellFiles> {
    /// The largest file to read, in bytes. The public list of cells has 45,000.
    static var largestFile: Int { 4 << 20 }
    private static var mostFiles: Int { 256 }
    private static var deepestInclusion: Int { 8 }

    private let cell: Bytes
    private let files: Files
    private var filesRead = 0
    private(set) var problems: [CellFileProblem] = []

    private var isKnown = false
    private var useDNS: Bool?
    private var servers: [Server] = []
    /// The lists closed with an asterisk, as paths below `[cells]`.
    private var finalLists: [[Bytes]] = []

    private struct Server {
        let name: Bytes
        var type: Bytes?
        var port: UInt16?
        var addresses: [ServerAddress] = []
    }

    init(cell: Bytes, files: Files) {
        self.cell = cell
        self.files = files
    }

    /// The cell as configured by the files read so far; nil if they do not mention it.
    var result: AFSCell? {
        guard isKnown else { return nil }
        var result = AFSCell(useDNS: useDNS)
        for server in servers where server.type?.equals("vlserver") ?? true {
            guard let name = ServerAddress(parsing: server.name) else { continue }
            guard (try? HostName(validating: name.host)) != nil || IPAddress(name.host) != nil else { continue }
            let port = server.port ?? name.port ?? VLServerList.Server.defaultPort
            var isEmpty = true
            for address in server.addresses {
                guard let ip = IPAddress(address.host) else { continue }
                result.add([ip], to: name.host, port: address.port ?? port)
                isEmpty = false
            }
            if isEmpty { result.add([], to: name.host, port: port) }
        }
        return result
    }

    /// Reads a file and everything that it includes. Skips what cannot be read or parsed.
    ///
    /// - Parameter isOptional: Whether the file may be missing.
    mutating func read(_ path: Bytes, isOptional: Bool = false) {
        read(path, isOptional: isOptional, depth: 0)
    }

    private mutating func read(_ path: Bytes, isOptional: Bool = false, depth: Int) {
        guard depth <= Self.deepestInclusion else { return report(path, "included too deeply") }
        guard filesRead < Self.mostFiles else { return report(path, "too many files") }
        filesRead += 1
        let content: Bytes
        do {
            content = try files.content(of: path, limit: Self.largestFile)
        } catch {
            if !isOptional || !error.isAbsence { report(path, error.text) }
            return
        }
        let (lines, malformed) = KAFSProfile.parse(content)
        for line in malformed { report(path, "line \(line) is not understood") }
        take(lines, of: path, depth: depth)
    }

    private mutating func take(_ lines: [KAFSProfile.Line], of path: Bytes, depth: Int) {
        var isCells = false
        var list: [Bytes] = []
        // The number of lists open inside a final one.
        var ignored = 0
        for line in lines {
            switch line {
            case .include(let file):
                read(file, depth: depth + 1)
            case .includeDirectory(let directory):
                readDirectory(directory, depth: depth + 1)
            case .section(let name):
                isCells = name.equals("cells")
                list = []
                ignored = 0
            case .opening(let name):
                if ignored > 0 || finalLists.contains(list + [name]) {
                    ignored += 1
                } else {
                    list.append(name)
                    if isCells { opened(list) }
                }
            case .closing(let isFinal):
                if ignored > 0 {
                    ignored -= 1
                } else if list.isEmpty {
                    report(path, "a closing brace without an opening one")
                } else {
                    if isFinal, isCells, concerns(list) { finalLists.append(list) }
                    list.removeLast()
                }
            case .setting(let key, let value):
                if isCells, ignored == 0 { set(key, value, in: list) }
            }
        }
    }

    private mutating func readDirectory(_ path: Bytes, depth: Int) {
        do {
            for name in try files.entries(of: path) where name.last != UInt8(ascii: "~") {
                read(path + [UInt8(ascii: "/")] + name, depth: depth)
            }
        } catch {
            report(path, error.text)
        }
    }

    private func concerns(_ list: [Bytes]) -> Bool {
        list.first.map { $0.lowercased == cell.lowercased } ?? false
    }

    private mutating func opened(_ list: [Bytes]) {
        guard concerns(list) else { return }
        isKnown = true
        guard list.count == 3, list[1].equals("servers") else { return }
        if !servers.contains(where: { $0.name == list[2] }) { servers.append(Server(name: list[2])) }
    }

    private mutating func set(_ key: Bytes, _ value: Bytes, in list: [Bytes]) {
        guard concerns(list) else { return }
        if list.count == 1, key.equals("use_dns") {
            useDNS = boolean(value) ?? useDNS
        } else if list.count == 3, list[1].equals("servers"),
            let index = servers.firstIndex(where: { $0.name == list[2] })
        {
            if key.equals("address") {
                if let address = ServerAddress(parsing: value) { servers[index].addresses.append(address) }
            } else if key.equals("port") {
                servers[index].port = ServerAddress.port(value) ?? servers[index].port
            } else if key.equals("type") {
                servers[index].type = value
            }
        }
    }

    private func boolean(_ value: Bytes) -> Bool? {
        let word = value.lowercased
        for yes: StaticString in ["1", "t", "true", "y", "yes", "on"] where word.equals(yes) { return true }
        for no: StaticString in ["0", "f", "false", "n", "no", "off"] where word.equals(no) { return false }
        return nil
    }

    private mutating func report(_ path: Bytes, _ reason: String) {
        // Enough to find the error.
        if problems.count < 10 { problems.append(CellFileProblem(path: path, reason: reason)) }
    }
}
