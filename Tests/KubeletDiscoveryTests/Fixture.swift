import LinuxSystem

@testable import KubeletDiscovery

/// A node's directory tree, below `Fixtures`.
struct Fixture {
    let path: String

    init(_ name: String) {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        path = "/\(folder)/Fixtures/\(name)"
    }

    func discover(_ overrides: ClusterDNSDiscovery.Overrides = .init()) -> ClusterDNS {
        ClusterDNSDiscovery(overrides: overrides, root: Bytes(path.utf8)).discover()
    }
}

extension ClusterDNS {
    var serverTexts: [String] { servers.map(\.text) }
    var domainText: String { String(decoding: domain, as: UTF8.self) }
}
