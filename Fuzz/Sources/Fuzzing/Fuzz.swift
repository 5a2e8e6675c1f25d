import LibFuzzer
import LinuxSystem

/// Runs libFuzzer with the arguments of the command line, and `test` with every input that it comes up with. A trap, an
/// error of memory, too much time or too much memory is a finding.
public func fuzz(_ test: @escaping (Bytes) -> Void) -> Never {
    current = test
    exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv))
}

nonisolated(unsafe) private var current: (Bytes) -> Void = { _ in }

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    current(Bytes(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
