import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// A Pod's resolv.conf. What is taken from it has to be fit for another one.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(data: UnsafePointer<UInt8>?, size: Int) -> CInt {
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    if let settings = SandboxResolvConf(parsing: content) {
        precondition((1...3).contains(settings.servers.count))
        precondition(domainName(settings.domain) == settings.domain)
    }
    return 0
}

_ = run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)
