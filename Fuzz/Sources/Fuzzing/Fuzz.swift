import LibFuzzer
import LinuxSystem

/// Runs libFuzzer with the command line's arguments, and `test` with each input that it generates. A trap, a memory
/// error, or the use of too much time or memory is a finding.
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
