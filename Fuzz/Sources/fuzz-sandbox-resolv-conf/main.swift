import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// A Pod's resolv.conf. What is taken from it has to be fit for another one.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    if let settings = SandboxResolvConf(parsing: content) {
        precondition((1...3).contains(settings.servers.count))
        precondition(domainName(settings.domain) == settings.domain)
    }
    return 0
}
