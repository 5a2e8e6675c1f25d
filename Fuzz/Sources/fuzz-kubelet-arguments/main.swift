import LibFuzzer
import LinuxSystem

@testable import KubeletDiscovery

// Files of variables and of arguments, a command line, and the flags in all of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(data: UnsafePointer<UInt8>?, size: Int) -> CInt {
    let content = Bytes(UnsafeBufferPointer(start: data, count: size))
    let files = [EnvironmentFile(parsing: content), EnvironmentFile(unit: content)]
    var lists = files.flatMap(\.variables).map { shellWords($0.value) }
    lists.append(argumentLines(content, variables: files[0].variables.filter { $0.value.count < 64 }))
    lists.append(KubeletDiscovery.arguments(ofCommandLine: content))
    for list in lists {
        var flags = KubeletFlags()
        try? flags.read(list, origin: "fuzz")
    }
    _ = try? commaSeparatedValues(content)
    return 0
}

_ = run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)
