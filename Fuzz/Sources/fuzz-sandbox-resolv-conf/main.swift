import DNS
import Fuzzing

@testable import KubeletDiscovery

// A Pod's resolv.conf. The settings from it must be valid in another one.
fuzz { content in
    guard let settings = SandboxResolvConf(parsing: content) else { return }
    require((1...3).contains(settings.servers.count), "one to three servers")
    requireCanonical(settings.servers)
    requireName(settings.domain)
    require(HostName.domain(settings.domain) == settings.domain, "the domain is in canonical form")
}
