import DNS
import LinuxSystem

/// A CellServDB(5), the list of cells that AFS clients have used since Transarc: `>cell #description`, followed by
/// a line `address #host` for each database server.
enum CellServDB {
    /// Reads the servers of one cell; nil if the file does not list it.
    static func cell(_ name: Bytes, in content: Bytes) -> AFSCell? {
        var found: AFSCell?
        var isInside = false
        for line in content.split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: ">") {
                // A second word names a cell that this one is linked to.
                let words = line.dropFirst().prefix { $0 != UInt8(ascii: "#") }.split { $0.isSpace }
                isInside = words.first.map { $0.lowercased == name.lowercased } ?? false
                if isInside { found = found ?? AFSCell() }
            } else if isInside, let (address, host) = server(line) {
                found?.add([address], to: host, port: VLServerList.Server.defaultPort)
            }
        }
        return found
    }

    private static func server(_ line: Bytes.SubSequence) -> (IPAddress, host: Bytes)? {
        let parts = line.split(separator: UInt8(ascii: "#"), maxSplits: 1)
        guard var text = parts.first?.trimmed else { return nil }
        // Brackets mark a clone, a copy of the database that clients may read.
        if text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") { text = text.dropFirst().dropLast() }
        guard let address = IPAddress(text) else { return nil }
        let host = parts.count == 2 ? parts[1].split { $0.isSpace }.first : nil
        return (address, host.flatMap { try? HostName(validating: $0) }?.bytes ?? Bytes(address.text.utf8))
    }
}
