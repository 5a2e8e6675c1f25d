import LinuxSystem

/// What the configuration files say about an AFS cell.
struct AFSCell: Equatable, Sendable {
    struct Server: Equatable, Sendable {
        /// A host name, or an address as text if the file has no name.
        let name: Bytes
        let port: UInt16
        var addresses: [IPAddress]
    }

    /// Whether to ask DNS for the servers and their addresses; nil if the files do not say.
    var useDNS: Bool?
    private(set) var servers: [Server] = []

    /// Adds addresses to the server with this name and port, adding the server if it is new.
    mutating func add(_ addresses: [IPAddress], to name: Bytes, port: UInt16) {
        if let index = servers.firstIndex(where: { $0.name == name && $0.port == port }) {
            servers[index].addresses += addresses
        } else {
            servers.append(Server(name: name, port: port, addresses: addresses))
        }
    }
}
