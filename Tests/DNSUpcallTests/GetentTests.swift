import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("The output of getent")
struct GetentTests {
    private func addresses(_ output: String) -> [String] {
        Getent.addresses(in: Bytes(output.utf8)).map(\.text)
    }

    @Test("Each address counts once, in order")
    func order() {
        let output = """
            10.0.0.2        STREAM store
            10.0.0.2        DGRAM
            10.0.0.2        RAW
            2001:db8::1     STREAM
            10.0.0.1        STREAM

            """
        #expect(addresses(output) == ["10.0.0.2", "2001:db8::1", "10.0.0.1"])
    }

    @Test("An IPv4-mapped address is not an IPv6 address")
    func mapped() {
        #expect(addresses("::ffff:10.0.0.1 STREAM store\n::1:10.0.0.1 STREAM\n") == ["::1:a00:1"])
    }

    @Test(
        "Only addresses are read", arguments: ["", "\n \n", "store STREAM 10.0.0.1\n", "\u{0}10.0.0.1\n"])
    func nonsense(output: String) {
        #expect(addresses(output).isEmpty)
    }
}
