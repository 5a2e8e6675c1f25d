import CLinux
import Foundation
import LinuxSystem
import Testing

/// A misbehaving daemon that speaks nscd's protocol, version 2.
enum FakeNSCD {
    enum Behaviour: String, Sendable, CustomTestStringConvertible {
        /// Every name has the same address.
        case wrong
        /// Requests are read, but not answered.
        case silent

        var testDescription: String { rawValue }
    }

    /// Serves until the tests end.
    static func start(_ behaviour: Behaviour, path: String, address: String) throws {
        let listener = try checked(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        try checked(
            withUnsafeBytes(of: &name) {
                bind(listener, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
            })
        try checked(chmod(path, 0o666))
        try checked(listen(listener, 64))
        Thread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { continue }
                var request = [Int32](repeating: 0, count: 256)
                // Version, type and length of the key; the key follows. GETAI is 14.
                guard recv(client, &request, 1024, 0) > 0, behaviour == .wrong else { continue }
                if request[1] == 14, let reply = reply(address) {
                    send(client, reply, reply.count, Int32(MSG_NOSIGNAL))
                }
                close(client)
            }
        }.start()
    }

    /// An `ai_response_header`: version, found, number of addresses, their length, length of the canonical name, error;
    /// then the addresses and their families.
    private static func reply(_ address: String) -> Bytes? {
        guard let address = IPAddress(address.utf8) else { return nil }
        let header: [Int32] = [2, 1, 1, 4, 0, 0]
        return header.withUnsafeBytes { Bytes($0) } + address.bytes + [UInt8(AF_INET)]
    }
}
