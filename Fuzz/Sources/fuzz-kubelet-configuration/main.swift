import Fuzzing
import LinuxSystem

@testable import KubeletDiscovery

// The kubelet's configuration as a main file and as a drop-in, k3s' own, and the addresses in them.
fuzz { content in
    do throws(KubeletConfiguration.Problem) {
        let configuration = try KubeletConfiguration(parsing: content)
        for server in configuration.clusterDNS {
            guard let address = IPAddress(kubelet: server) else { continue }
            requireCanonical([address])
            require(IPAddress(kubelet: Bytes(address.text.utf8)) == address, "the kubelet reads the same")
        }
        if let domain = domainName(configuration.clusterDomain) {
            requireName(domain)
            require(domainName(domain) == domain, "the domain is in the form that it is put in")
        }
    } catch {
        requireLine(error.text)
    }
    var merge = ConfigurationMerge()
    do throws(KubeletConfiguration.Problem) {
        try merge.merge(content, origin: "fuzz")
        do throws(Refusal) { _ = try merge.result() } catch { requireLine(error.reason) }
    } catch {
        requireLine(error.text)
    }
    do throws(Refusal) { _ = try K3sConfiguration(parsing: content) } catch { requireLine(error.reason) }
}
