// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets for the code that reads bytes from outside, each with libFuzzer and the address sanitizer:
// docs/fuzzing.md.
//
// The modules are those of the main package, by symbolic links, because all of them must be instrumented.

// A target: Sources/NAME/main.swift, and the seeds in Corpus/NAME.
let targets = [
    "fuzz-cell-servdb",
    "fuzz-command-line",
    "fuzz-config-file",
    "fuzz-discovery-memory",
    "fuzz-dns-message",
    "fuzz-escaping",
    "fuzz-host-services",
    "fuzz-kafs-configuration",
    "fuzz-key-table",
    "fuzz-kubelet-arguments",
    "fuzz-kubelet-configuration",
    "fuzz-last-answer",
    "fuzz-process-files",
    "fuzz-request",
    "fuzz-resolv-conf",
    "fuzz-sandbox-resolv-conf",
    "fuzz-server-list",
    "fuzz-upcall",
    "fuzz-upcall-history",
]

let modules: [(name: String, dependencies: [Target.Dependency])] = [
    ("LinuxSystem", ["CLinux", "CKeyutils"]),
    ("DNS", ["LinuxSystem"]),
    ("KubeletDiscovery", ["CLibYAML", "DNS", "LinuxSystem"]),
    ("DNSUpcall", ["DNS", "KubeletDiscovery", "LinuxSystem"]),
    ("Diagnosis", ["DNS", "DNSUpcall", "KubeletDiscovery", "LinuxSystem"]),
    ("Operation", ["CKeyutils", "DNSUpcall", "LinuxSystem"]),
    ("resolver", ["DNSUpcall", "Diagnosis", "Operation"]),
    ("Fuzzing", ["LibFuzzer", "LinuxSystem"]),
]

let sanitizers = ["-sanitize=fuzzer,address"]
let swiftSettings: [SwiftSetting] = [.unsafeFlags(sanitizers + ["-enable-testing", "-O"])]

let package = Package(
    name: "Fuzz",
    targets: ["CLinux", "CKeyutils", "CLibYAML", "LibFuzzer"].map { .systemLibrary(name: $0) }
        + modules.map { .target(name: $0.name, dependencies: $0.dependencies, swiftSettings: swiftSettings) }
        + targets.map {
            .executableTarget(
                name: $0, dependencies: ["Fuzzing", "resolver"], swiftSettings: swiftSettings,
                linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])])
        },
    swiftLanguageModes: [.v6]
)
