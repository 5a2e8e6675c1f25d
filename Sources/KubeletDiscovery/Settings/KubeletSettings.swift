import LinuxSystem

/// The kubelet's DNS settings, as its flags and the files they name determine them. The values are unchecked.
struct KubeletSettings {
    var clusterDNS = Setting<[Bytes]>([])
    var clusterDomain = Setting<Bytes>([])

    /// The largest configuration file that is read, and the largest sum of the drop-ins, in bytes. Real ones have a
    /// few kilobytes.
    private static let largestFile = 1 << 20

    /// The kubelet's defaults.
    init() {}

    /// Follows the flags in the kubelet's order of precedence: flags, drop-ins, main file.
    ///
    /// - Parameters:
    ///   - tree: The kubelet's root directory.
    ///   - directory: Its working directory, for relative paths.
    init(
        flags: KubeletFlags, in tree: borrowing FileTree, directory: Bytes = Bytes("/")
    ) throws(SourceProblem) {
        if let path = flags.configuration { try read(absolute(path, in: directory), in: tree) }
        if let path = flags.dropIns { try merge(dropIns: absolute(path, in: directory), in: tree) }
        if let flag = flags.clusterDNS { clusterDNS = flag }
        if let flag = flags.clusterDomain { clusterDomain = flag }
    }

    /// Where the settings were made, for a person to read.
    var origins: [String] {
        let origins = [clusterDNS.origin, clusterDomain.origin].compactMap { $0 }
        let isOne = origins.count == 2 && origins[0].utf8.elementsEqual(origins[1].utf8)
        return isOne ? [origins[0]] : origins
    }

    private mutating func read(_ path: Bytes, in tree: borrowing FileTree) throws(SourceProblem) {
        let content = try Self.content(path, in: tree)
        let configuration: KubeletConfiguration
        do { configuration = try KubeletConfiguration(parsing: content) } catch { throw error.at(path) }
        let origin = escaped(path)
        if !configuration.clusterDNS.isEmpty { clusterDNS = Setting(configuration.clusterDNS, origin: origin) }
        if !configuration.clusterDomain.isEmpty {
            clusterDomain = Setting(configuration.clusterDomain, origin: origin)
        }
    }

    private mutating func merge(dropIns directory: Bytes, in tree: borrowing FileTree) throws(SourceProblem) {
        let paths = try DropIns.paths(in: directory, of: tree)
        guard !paths.isEmpty else { return }
        var merge = ConfigurationMerge(base: self)
        var total = 0
        for path in paths {
            let content = try Self.content(path, in: tree)
            total += content.count
            guard total <= Self.largestFile else {
                throw SourceProblem("the drop-ins are larger than \(Self.largestFile) bytes").at(directory)
            }
            do { try merge.merge(content, origin: escaped(path)) } catch { throw error.at(path) }
        }
        self = try merge.result()
    }

    private static func content(_ path: Bytes, in tree: borrowing FileTree) throws(SourceProblem) -> Bytes {
        do { return try tree.read(path, limit: largestFile) } catch { throw SourceProblem(error).at(path) }
    }
}

private func absolute(_ path: Bytes, in directory: Bytes) -> Bytes {
    path.first == UInt8(ascii: "/") ? path : directory + Bytes("/") + path
}
