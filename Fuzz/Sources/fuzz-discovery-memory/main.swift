import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// The file that is kept from one upcall to the next. What is read from it has to be what would be written for it.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(data: UnsafePointer<UInt8>?, size: Int) -> CInt {
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    if let remembered = DiscoveryMemory.parse(content, now: 1000, pid: 1000) {
        precondition(
            DiscoveryMemory.parse(DiscoveryMemory.text(remembered, now: 1000), now: 1000, pid: 1000) == remembered)
    }
    return 0
}

_ = run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)
