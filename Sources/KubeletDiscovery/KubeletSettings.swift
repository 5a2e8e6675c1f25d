import LinuxSystem

/// The kubelet's DNS settings as its flags and the files they name make them.
struct KubeletSettings {
    var clusterDNS: [Bytes]
    var clusterDomain: Bytes
    /// Where the two settings came from, for a person to read.
    var sources: [String]

    /// The largest configuration file that is read. Real ones have a few kilobytes.
    static let largestFile = 1 << 20

    /// Follows the flags with the kubelet's precedence: the main file, drop-ins, flags.
    ///
    /// - Parameters:
    ///   - tree: The kubelet's root directory.
    ///   - directory: Its working directory, for relative paths.
    init(
        flags: KubeletFlags, in tree: borrowing FileTree, directory: Bytes = Bytes("/")
    ) throws(SourceProblem) {
        var configuration = KubeletConfiguration()
        var origins: (dns: String?, domain: String?)
        if let path = flags.configuration.map({ absolute($0, in: directory) }) {
            configuration = try Self.configuration(path, in: tree)
            let origin = escaped(path)
            if !configuration.clusterDNS.isEmpty { origins.dns = origin }
            if !configuration.clusterDomain.isEmpty { origins.domain = origin }
        }
        if let path = flags.dropIns.map({ absolute($0, in: directory) }) {
            let dropIns = try DropIns.paths(in: path, of: tree)
            if !dropIns.isEmpty {
                (configuration, origins) = try Self.merge(dropIns, into: configuration, origins, in: tree)
            }
        }
        if let flag = flags.clusterDNS { (configuration.clusterDNS, origins.dns) = (flag.value, flag.origin) }
        if let flag = flags.clusterDomain {
            (configuration.clusterDomain, origins.domain) = (flag.value, flag.origin)
        }
        clusterDNS = configuration.clusterDNS
        clusterDomain = configuration.clusterDomain
        sources = []
        add(origins.dns)
        add(origins.domain)
    }

    private mutating func add(_ source: String?) {
        guard let source, !sources.contains(where: { $0.utf8.elementsEqual(source.utf8) }) else { return }
        sources.append(source)
    }

    private static func configuration(
        _ path: Bytes, in tree: borrowing FileTree
    ) throws(SourceProblem) -> KubeletConfiguration {
        let content = try content(path, in: tree)
        do throws(KubeletConfiguration.Problem) {
            return try KubeletConfiguration(parsing: content)
        } catch {
            throw SourceProblem(path, error)
        }
    }

    private static func merge(
        _ dropIns: [Bytes], into base: KubeletConfiguration, _ origins: (dns: String?, domain: String?),
        in tree: borrowing FileTree
    ) throws(SourceProblem) -> (KubeletConfiguration, (dns: String?, domain: String?)) {
        var merge = ConfigurationMerge(
            base: base, clusterDNSOrigin: origins.dns, clusterDomainOrigin: origins.domain)
        var total = 0
        for path in dropIns {
            let content = try content(path, in: tree)
            total += content.count
            guard total <= largestFile else { throw SourceProblem("\(escaped(path)): too many drop-ins together") }
            do throws(KubeletConfiguration.Problem) {
                try merge.merge(content, origin: escaped(path))
            } catch {
                throw SourceProblem(path, error)
            }
        }
        do throws(Refusal) {
            return try merge.result()
        } catch {
            throw SourceProblem(error.reason)
        }
    }

    private static func content(_ path: Bytes, in tree: borrowing FileTree) throws(SourceProblem) -> Bytes {
        do throws(FileRefusal) {
            return try tree.read(path, limit: largestFile)
        } catch {
            throw SourceProblem(path, error)
        }
    }
}

private func absolute(_ path: Bytes, in directory: Bytes) -> Bytes {
    path.first == UInt8(ascii: "/") ? path : directory + Bytes("/") + path
}
