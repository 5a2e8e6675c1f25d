import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// What /proc tells of a process.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(data: UnsafePointer<UInt8>?, size: Int) -> CInt {
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    _ = RunningKubelet.program(content)
    _ = isRootOutsideContainers(status: content)
    _ = isPod(cgroup: content)
    _ = startTime(stat: content)
    return 0
}

_ = run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)
