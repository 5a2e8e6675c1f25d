import DNS
import Fuzzing
import LinuxSystem

@testable import KubeletDiscovery

// The kubelet's configuration as a main file and as a drop-in, that of k3s, and the addresses in them.
fuzz { content in
    do throws(SourceProblem) {
        let configuration = try KubeletConfiguration(parsing: content)
        for server in configuration.clusterDNS {
            guard let address = IPAddress(kubelet: server) else { continue }
            requireCanonical([address])
            require(IPAddress(kubelet: Bytes(address.text.utf8)) == address, "the kubelet reads the same")
        }
        if let domain = HostName.domain(configuration.clusterDomain) {
            requireName(domain)
            require(HostName.domain(domain) == domain, "the domain is in canonical form")
        }
    } catch {
        requireLine(error.text)
    }
    var merge = ConfigurationMerge(base: KubeletSettings())
    do throws(SourceProblem) {
        try merge.merge(content, origin: "fuzz")
        _ = try merge.result()
    } catch {
        requireLine(error.text)
    }
    do throws(SourceProblem) { _ = try K3sConfiguration(parsing: content) } catch { requireLine(error.text) }
}
