import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// What /proc tells of a process.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    _ = RunningKubelet.program(content)
    _ = isRootOutsideContainers(status: content)
    _ = isPod(cgroup: content)
    _ = startTime(stat: content)
    return 0
}
