import LinuxSystem

/// The kubelet's flags that determine its DNS settings, with pflag's syntax: `_` equals `-`, and the value follows
/// `=` or is the next argument.
struct KubeletFlags {
    /// `--config`
    var configuration: Bytes?
    /// `--config-dir`
    var dropIns: Bytes?
    /// `--cluster-dns`. A repeated flag appends.
    var clusterDNS: Setting<[Bytes]>?
    /// `--cluster-domain`
    var clusterDomain: Setting<Bytes>?

    var isEmpty: Bool {
        configuration == nil && dropIns == nil && clusterDNS == nil && clusterDomain == nil
    }

    /// Whether a path depends on the kubelet's working directory.
    var hasRelativePath: Bool {
        [configuration, dropIns].contains { $0 != nil && $0?.first != UInt8(ascii: "/") }
    }

    /// Reads arguments, without the program's name. They take precedence over those read before.
    mutating func read(_ arguments: some Sequence<Bytes>, origin: String) throws(SourceProblem) {
        var arguments = arguments.makeIterator()
        while let argument = arguments.next() {
            guard argument.starts(with: "--") else { continue }
            guard argument.count > 2 else { return }
            let parts = argument.dropFirst(2).split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
            guard let flag = Flag(name) else { continue }
            guard let value = parts.count > 1 ? Bytes(parts[1]) : arguments.next() else {
                throw SourceProblem("--\(escaped(name)) has no value")
            }
            set(flag, value, origin)
        }
    }

    private mutating func set(_ flag: Flag, _ value: Bytes, _ origin: String) {
        switch flag {
        case .configuration: configuration = value.isEmpty ? nil : value
        case .dropIns: dropIns = value.isEmpty ? nil : value
        case .clusterDomain: clusterDomain = Setting(value, origin: "--cluster-domain of \(origin)")
        case .clusterDNS:
            clusterDNS = Setting((clusterDNS?.value ?? []) + flagList(value), origin: "--cluster-dns of \(origin)")
        }
    }

    private enum Flag {
        case configuration, dropIns, clusterDNS, clusterDomain

        init?(_ name: Bytes) {
            switch name {
            case _ where name.equals("config"): self = .configuration
            case _ where name.equals("config-dir"): self = .dropIns
            case _ where name.equals("cluster-dns"): self = .clusterDNS
            case _ where name.equals("cluster-domain"): self = .clusterDomain
            default: return nil
            }
        }
    }
}
