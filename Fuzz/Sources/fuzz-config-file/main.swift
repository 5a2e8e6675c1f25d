import Fuzzing
import KubeletDiscovery
import LinuxSystem

@testable import DNSUpcall
@testable import resolver

// The program's own config file, and the output of --dump-config for it.
fuzz { content in
    let (configuration, problems) = Configuration.parse(content)
    let lineCount = content.count { $0 == UInt8(ascii: "\n") } + 1
    for problem in problems {
        requireLine(problem.reason)
        require((1...lineCount).contains(problem.line ?? 0), "a problem is in a line")
    }
    let lifetimes = configuration.lifetimes
    require((Duration.seconds(1) ... .seconds(60)).contains(configuration.deadline), "a deadline of 1 to 60 s")
    for seconds in [lifetimes.negativeTTL, lifetimes.temporaryTTL] {
        require((1...10).contains(seconds), "a failure is remembered for 1 to 10 s")
    }
    for ttl in [nil, 0, 1, UInt32.max] {
        require(
            lifetimes.lifetime(ttl: ttl) > 0 && lifetimes.serverListLifetime(ttl: ttl) > 0, "no key lasts forever")
    }
    let discovery = configuration.discovery
    require(discovery.clusterDNS.count <= 3, "at most three servers")
    requireCanonical(discovery.clusterDNS)
    if let domain = discovery.clusterDomain { requireName(domain) }
    require(discovery.kubeletConfig?.first ?? UInt8(ascii: "/") == UInt8(ascii: "/"), "an absolute path")

    let dump = ConfigDump(
        configuration: configuration, file: Bytes("/etc/f"),
        cluster: ClusterDNS(
            servers: discovery.clusterDNS, domain: discovery.clusterDomain ?? Bytes("cluster.local")))
    for line in dump.text.split(separator: UInt8(ascii: "\n")) {
        requireLine(String(decoding: line, as: UTF8.self), limit: 4 * 4096 + 100)
    }
    requireLine(String(decoding: dump.json.dropLast(), as: UTF8.self), limit: 8 * 4096 + 4096)
    // The dump is a config file with the same settings.
    let isPlain = (discovery.kubeletConfig ?? []).allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "/")
    }
    if isPlain {
        let (again, problems) = Configuration.parse(dump.text)
        require(problems.isEmpty, "the dump is a config file")
        for option in ConfigOption.allCases {
            require(again.value(of: option) == configuration.value(of: option), "the dump has the same settings")
        }
    }
}
