// swift-tools-version: 6.2
import PackageDescription

// The release build is Embedded Swift: the kernel starts a new process for every lookup, and without the Swift
// runtime there is nothing to load, relocate or initialise. The debug build is ordinary Swift, so that tests can
// import the modules.
let release = BuildSettingCondition.when(configuration: .release)
let embedded = ["-enable-experimental-feature", "Embedded"]

let swiftSettings: [SwiftSetting] = [
    .unsafeFlags(
        embedded + [
            "-wmo", "-Xfrontend", "-function-sections",
            // Leaves out a hash of the compiler's command line: the program is the same wherever it is built.
            "-Xfrontend", "-disable-incremental-llvm-codegen",
        ], release)
]

#if compiler(>=6.3)
    let librarySettings = swiftSettings
#else
    // Before Swift 6.3, the object file of every module repeats the code of all modules below it.
    let librarySettings = swiftSettings + [.unsafeFlags(["-Xfrontend", "-emit-empty-object-file"], release)]
#endif

let linkerSettings: [LinkerSetting] = [
    .unsafeFlags(
        embedded + [
            // Static, because start-up takes most of the time of a lookup; still loaded at a random address. `link`
            // holds linker scripts that choose the static archives of keyutils and libyaml; an Embedded module does
            // not name its libraries to the linker.
            "-use-ld=lld", "-Xclang-linker", "-static-pie", "-Xclang-linker", "-Wno-unused-command-line-argument",
            "-L", Context.packageDirectory + "/link", "-lkeyutils", "-lyaml",
            "-Xlinker", "--gc-sections", "-Xlinker", "--strip-all",
            "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
        ], release)
]

let package = Package(
    name: "resolver",
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CKeyutils"),
        .systemLibrary(name: "CLibYAML"),
        .target(name: "LinuxSystem", dependencies: ["CLinux", "CKeyutils"], swiftSettings: librarySettings),
        .target(name: "DNS", dependencies: ["LinuxSystem"], swiftSettings: librarySettings),
        .target(
            name: "KubeletDiscovery", dependencies: ["CLibYAML", "DNS", "LinuxSystem"],
            swiftSettings: librarySettings),
        .target(
            name: "DNSUpcall", dependencies: ["DNS", "KubeletDiscovery", "LinuxSystem"],
            swiftSettings: librarySettings),
        .target(
            name: "Diagnosis", dependencies: ["CKeyutils", "DNS", "DNSUpcall", "KubeletDiscovery", "LinuxSystem"],
            swiftSettings: librarySettings),
        .target(
            name: "Operation", dependencies: ["DNSUpcall", "LinuxSystem"],
            swiftSettings: librarySettings
        ),
        .executableTarget(
            name: "resolver", dependencies: ["Diagnosis", "DNSUpcall", "Operation"], swiftSettings: swiftSettings,
            linkerSettings: linkerSettings),
        .testTarget(name: "LinuxSystemTests", dependencies: ["LinuxSystem"]),
        .testTarget(name: "DNSTests", dependencies: ["DNS"]),
        .testTarget(
            name: "KubeletDiscoveryTests", dependencies: ["KubeletDiscovery"],
            // Read in place: they contain symbolic links that a copy might follow.
            exclude: ["Fixtures"]),
        .testTarget(name: "DNSUpcallTests", dependencies: ["DNS", "DNSUpcall"]),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis"]),
        .testTarget(name: "OperationTests", dependencies: ["Operation"]),
        .testTarget(name: "ResolverTests", dependencies: ["resolver"]),
        .testTarget(name: "RegistrationTests", dependencies: ["DNSUpcall"]),
        .testTarget(name: "UpcallTests", dependencies: ["LinuxSystem"]),
    ],
    swiftLanguageModes: [.v6]
)
