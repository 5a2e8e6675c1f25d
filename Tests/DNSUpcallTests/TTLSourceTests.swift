import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("The source of a TTL")
struct TTLSourceTests {
    private static let server = IPAddress("10.96.0.10".utf8)!

    @Test("It needs a server, and a name that is valid in DNS")
    func source() {
        #expect(TTLSource(servers: [Self.server], fullName: Bytes("a.example"))?.fullName == HostName("a.example"))
        #expect(TTLSource(servers: [], fullName: Bytes("a.example")) == nil)
        #expect(TTLSource(servers: [Self.server], fullName: []) == nil)
        #expect(TTLSource(servers: [Self.server], fullName: Bytes(repeating: 0x61, count: 64)) == nil)
        // A valid name that a search domain made too long.
        #expect(
            TTLSource(servers: [Self.server], fullName: Bytes((0..<255).map { $0 % 2 == 0 ? 0x61 : 0x2E })) == nil)
    }
}
