// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets for what reads bytes from outside, each with libFuzzer and the address sanitizer:
//
//     cd Fuzz && swift run fuzz-kubelet-configuration Corpus/fuzz-kubelet-configuration -max_total_time=60
//
// The modules are those of the main package, by symbolic links, since the instrumentation has to go through all of
// them.
let sanitizers: [String] = ["-sanitize=fuzzer,address"]
let swiftSettings: [SwiftSetting] = [.unsafeFlags(sanitizers + ["-enable-testing", "-O"])]
let linkerSettings: [LinkerSetting] = [.unsafeFlags(sanitizers + ["-use-ld=lld"])]

func fuzzTarget(_ name: String, of modules: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: modules + ["LibFuzzer", "LinuxSystem"], swiftSettings: swiftSettings,
        linkerSettings: linkerSettings)
}

let package = Package(
    name: "Fuzz",
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CKeyutils"),
        .systemLibrary(name: "CLibYAML"),
        .systemLibrary(name: "LibFuzzer"),
        .target(name: "LinuxSystem", dependencies: ["CLinux", "CKeyutils"], swiftSettings: swiftSettings),
        .target(
            name: "KubeletDiscovery", dependencies: ["CLibYAML", "LinuxSystem"], swiftSettings: swiftSettings),
        fuzzTarget("fuzz-kubelet-configuration", of: ["KubeletDiscovery"]),
        fuzzTarget("fuzz-kubelet-arguments", of: ["KubeletDiscovery"]),
        fuzzTarget("fuzz-process-files", of: ["KubeletDiscovery"]),
        fuzzTarget("fuzz-sandbox-resolv-conf", of: ["KubeletDiscovery"]),
        fuzzTarget("fuzz-discovery-memory", of: ["KubeletDiscovery"]),
    ],
    swiftLanguageModes: [.v6]
)
