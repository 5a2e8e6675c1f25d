import CLinux
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Payload")
struct PayloadTests {
    private static func addresses(_ texts: [String]) -> [IPAddress] {
        texts.map { IPAddress($0.utf8)! }
    }

    @Test("One address is its text and a NUL", arguments: ["10.96.0.1", "fd00::1"])
    func one(text: String) {
        #expect(Payload(address: IPAddress(text.utf8)!).bytes == Bytes(text: text + "\0"))
    }

    @Test(
        "A list has commas, no duplicates, the given order, and one NUL at its end",
        arguments: [
            (["10.0.0.2"], "10.0.0.2\0"),
            (["10.0.0.2", "fd00::1", "10.0.0.1"], "10.0.0.2,fd00::1,10.0.0.1\0"),
            (["10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.1"], "10.0.0.2,10.0.0.1\0"),
            (["::ffff:10.0.0.1", "10.0.0.1"], "::ffff:10.0.0.1,10.0.0.1\0"),
        ])
    func list(texts: [String], payload: String) {
        #expect(Payload(list: Self.addresses(texts)).bytes == Bytes(text: payload))
    }

    @Test("Addresses that differ only in scope are two addresses")
    func scopes() {
        let address = IPAddress("fe80::1".utf8)!
        let scoped = address.withSocketAddress(port: 0) { pointer, _ in
            pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                IPAddress(v6: $0.pointee.sin6_addr, scope: 2)
            }
        }
        #expect(Payload(list: [scoped, address, scoped]).bytes == Bytes("fe80::1%2,fe80::1\0"))
    }

    /// This many different addresses whose text takes 15 bytes.
    private static func long(_ count: Int) -> [String] {
        (0..<count).map { "101.101.\(100 + $0 / 100).\(100 + $0 % 100)" }
    }

    @Test("The kernel accepts 65,535 bytes: addresses beyond that are omitted as a whole")
    func limit() {
        let payload = Payload(list: Self.addresses(Self.long(5000))).bytes
        // Each takes 16 bytes with its comma, the last with the NUL.
        #expect(payload.count == 65_520)
        #expect(payload.split(separator: UInt8(ascii: ",")).count == 4095)
        #expect(payload.suffix(16) == Bytes(text: Self.long(4095).last! + "\0")[...])
    }

    @Test("A list that fits exactly stays complete, but not one that is a byte longer")
    func exactLimit() {
        let texts = Self.long(4094) + ["201.101.100.101"]
        #expect(Payload(list: Self.addresses(texts + ["1.2.100.101"])).bytes.count == 65_520 + 12)
        #expect(Payload(list: Self.addresses(texts + ["1.20.100.101", "1.1.1.1"])).bytes.count == 65_520 + 13)
        #expect(Payload(list: Self.addresses(texts + ["201.20.100.101"])).bytes.count == 65_535)
        #expect(Payload(list: Self.addresses(texts + ["201.201.100.101"])).bytes.count == 65_520)
    }
}
