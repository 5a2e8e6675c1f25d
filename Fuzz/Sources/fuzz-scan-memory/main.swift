import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// The file that remembers where the kubelet was. What is read from it has to be what would be written for it.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    if let remembered = ScanMemory.parse(content, now: 1000) {
        precondition(ScanMemory.parse(ScanMemory.text(remembered, now: 1000), now: 1000) == remembered)
    }
    return 0
}
