import LinuxSystem
import Testing

/// Decodes a binary server list, version 1, of include/uapi/linux/dns_resolver.h, as strictly as the kernel: nothing
/// may be missing, nothing may follow.
struct DecodedServerList: Equatable {
    struct Server: Equatable {
        var name: String
        var priority: Int
        var weight: Int
        var port: Int
        var source: Int
        var status: Int
        var `protocol`: Int
        var addresses: [String]
    }

    var source: Int
    var status: Int
    var servers: [Server] = []

    struct Incomplete: Error {}

    init(_ payload: Bytes) throws {
        var rest = payload[...]
        func byte() throws -> Int { Int(try bytes(1)[0]) }
        func number() throws -> Int { try byte() | byte() << 8 }
        func bytes(_ count: Int) throws -> Bytes {
            guard rest.count >= count else { throw Incomplete() }
            defer { rest = rest.dropFirst(count) }
            return Bytes(rest.prefix(count))
        }
        #expect(try byte() == 0, "marks the payload as binary")
        #expect(try byte() == 0, "is a server list")
        #expect(try byte() == 1, "the version")
        source = try byte()
        status = try byte()
        let serverCount = try byte()
        for _ in 0..<serverCount {
            let (nameLength, priority, weight, port) = (try number(), try number(), try number(), try number())
            let (source, status, `protocol`) = (try byte(), try byte(), try byte())
            let addressCount = try byte()
            let name = String(decoding: try bytes(nameLength), as: UTF8.self)
            var addresses: [String] = []
            for _ in 0..<addressCount {
                let type = try byte()
                try #require(type == 0 || type == 1)
                addresses.append(try bytes(type == 0 ? 4 : 16).map(String.init).joined(separator: "."))
            }
            servers.append(
                Server(
                    name: name, priority: priority, weight: weight, port: port, source: source, status: status,
                    protocol: `protocol`, addresses: addresses))
        }
        #expect(rest.isEmpty, "bytes after the last server")
    }
}
