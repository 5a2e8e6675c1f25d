import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// The kubelet's configuration as a main file and as a drop-in, k3s' own, and the addresses in them.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(data: UnsafePointer<UInt8>?, size: Int) -> CInt {
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    if let configuration = try? KubeletConfiguration(parsing: content) {
        for server in configuration.clusterDNS {
            guard let address = IPAddress(kubelet: server) else { continue }
            precondition(IPAddress(kubelet: Bytes(address.text.utf8)) == address)
        }
        if let domain = domainName(configuration.clusterDomain) { precondition(domainName(domain) == domain) }
    }
    var merge = ConfigurationMerge()
    if (try? merge.merge(content, origin: "fuzz")) != nil { _ = try? merge.result() }
    _ = try? K3sConfiguration(parsing: content)
    return 0
}

_ = run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)
