import Fuzzing

@testable import KubeletDiscovery

// A Pod's resolv.conf. What is taken from it has to be fit for another one.
fuzz { content in
    guard let settings = SandboxResolvConf(parsing: content) else { return }
    require((1...3).contains(settings.servers.count), "one to three servers")
    requireCanonical(settings.servers)
    requireName(settings.domain)
    require(domainName(settings.domain) == settings.domain, "the domain is in the form that it is put in")
}
