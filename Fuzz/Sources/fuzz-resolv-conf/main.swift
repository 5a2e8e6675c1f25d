import Fuzzing
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

// The host's resolv.conf, and the one generated with its search list.
fuzz { content in
    let file = ResolvConfFile(parsing: content)
    let (servers, search) = (file.servers, file.search)
    require(servers.count <= 3, "at most three servers")
    requireCanonical(servers)
    for suffix in search { require(!suffix.isEmpty && !suffix.contains { $0.isSpace }, "suffixes are words") }

    let domain = Bytes("cluster.local")
    let generated = ClusterResolvConf(servers: servers, domain: domain, hostSearch: search)
    require(generated.search.count <= 32, "at most 32 suffixes")
    require(generated.search.reduce(0) { $0 + $1.count + 1 } <= 2048, "at most 2048 characters")
    require(generated.search.prefix(2) == [Bytes("svc.") + domain, domain], "the cluster's suffixes come first")
    let lines = generated.content.split(separator: UInt8(ascii: "\n"))
    require(lines.count == servers.count + 2, "the host's settings add no line")
    let again = ResolvConfFile(parsing: generated.content)
    require(again.servers == servers, "it names the servers")
    require(again.search == generated.search, "it has the search list")
}
