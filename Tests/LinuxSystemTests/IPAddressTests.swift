import CLinux
import Testing

@testable import LinuxSystem

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "Text becomes an address's bytes, and these become the canonical text",
        arguments: [
            ("10.96.0.10", [10, 96, 0, 10], "10.96.0.10"),
            ("0.0.0.0", [0, 0, 0, 0], "0.0.0.0"),
            ("255.255.255.255", [255, 255, 255, 255], "255.255.255.255"),
            ("::", [UInt8](repeating: 0, count: 16), "::"),
            ("::1", [UInt8](repeating: 0, count: 15) + [1], "::1"),
            ("FD00:0:0:0:0:0:0:000A", [0xFD] + [UInt8](repeating: 0, count: 14) + [10], "fd00::a"),
            (
                "::ffff:10.0.0.1", [UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1],
                "::ffff:10.0.0.1"
            ),
            (
                "1111:2222:3333:4444:5555:6666:7777:8888",
                [0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x66, 0x66, 0x77, 0x77, 0x88, 0x88],
                "1111:2222:3333:4444:5555:6666:7777:8888"
            ),
        ] as [(String, Bytes, String)])
    func text(text: String, bytes: Bytes, canonical: String) throws {
        let address = try #require(IPAddress(text.utf8))
        #expect(address.bytes == bytes)
        #expect(address.scope == 0)
        #expect(address.isIPv4 == (bytes.count == 4))
        #expect(address.text == canonical)
    }

    @Test(
        "Text that inet_pton(3) refuses is not an address",
        arguments: [
            "", "1", "10.0.0", "10.0.0.1.2", "256.0.0.1", "010.0.0.1", "0x7f.0.0.1", " 10.0.0.1", "10.0.0.1 ",
            "10.0.0.1\0", "10.0.0.1\n", "::1%1", "fe80::1%eth0", "[::1]", ":::", "1::2::3", "12345::", "::g",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "localhost",
            "1111:2222:3333:4444:5555:6666:123.123.123.123.very.much.too.long",
        ])
    func refused(text: String) {
        #expect(IPAddress(text.utf8) == nil)
    }

    @Test("A scope follows an IPv6 address as a number")
    func scope() {
        var address = in6_addr()
        inet_pton(AF_INET6, "fe80::1", &address)
        #expect(IPAddress(v6: address, scope: 3).text == "fe80::1%3")
        #expect(IPAddress(v6: address, scope: .max).text == "fe80::1%4294967295")
        #expect(IPAddress(v6: address, scope: 3) != IPAddress(v6: address))
    }

    @Test("An address can be put in a socket address and read back", arguments: ["192.0.2.7", "2001:db8::7"])
    func socketAddress(text: String) throws {
        let address = try #require(IPAddress(text.utf8))
        address.withSocketAddress(port: 0x1234) { pointer, length in
            #expect(IPAddress(pointer) == address)
            let bytes = Bytes(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
            #expect(length == (address.isIPv4 ? 16 : 28))
            #expect(bytes[2...3] == [0x12, 0x34])
        }
    }

    @Test("The scope can be put in a socket address and read back")
    func scopedSocketAddress() {
        let address = IPAddress(v6: in6_addr(), scope: 42)
        #expect(address.withSocketAddress(port: 53) { pointer, _ in IPAddress(pointer) } == address)
    }

    @Test("A socket address of another family is not an address")
    func otherFamilies() {
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNIX)
        #expect(IPAddress(&address) == nil)
    }
}
