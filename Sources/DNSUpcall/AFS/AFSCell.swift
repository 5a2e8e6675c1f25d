import LinuxSystem

/// What the configuration files say of an AFS cell.
struct AFSCell: Equatable, Sendable {
    struct Server: Equatable, Sendable {
        /// A host name, or an address as text where the file has no name.
        let name: Bytes
        let port: UInt16
        var addresses: [IPAddress]
    }

    /// Whether DNS may be asked for the servers and their addresses; nil where nothing is said about it.
    var useDNS: Bool?
    private(set) var servers: [Server] = []

    /// Adds addresses to the server with this name and port, perhaps a new one.
    mutating func add(_ addresses: [IPAddress], to name: Bytes, port: UInt16) {
        if let index = servers.firstIndex(where: { $0.name == name && $0.port == port }) {
            servers[index].addresses += addresses
        } else {
            servers.append(Server(name: name, port: port, addresses: addresses))
        }
    }
}
