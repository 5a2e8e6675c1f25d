import CLinux
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

private func server(_ name: String, _ addresses: [String], port: UInt16 = 7003) -> VLServerList.Server {
    VLServerList.Server(
        name: Bytes(text: name), priority: 10, weight: 1, port: port, source: .nss, status: .good,
        addresses: addresses.map { IPAddress(Bytes(text: $0))! })
}

@Suite struct BinaryListTests {
    @Test func isWhatTheKernelWasSeenToAccept() {
        let list = VLServerList(source: .srv, status: .good, servers: [server("afs1.example.org", ["10.20.0.3"])])
        #expect(
            list.binary.bytes
                == hex("00 00 01 04 01 01 10 00 0a 00 01 00 5b 1b 05 01 01 01") + Bytes("afs1.example.org")
                + hex("00 0a 14 00 03"))
    }

    @Test func allFieldsCanBeReadBack() throws {
        var second = server("b.example.org", ["10.0.0.2", "fd00::2"], port: 65535)
        second.priority = 0x0102
        second.weight = 0xFFFE
        second.status = .temporaryFailure
        let list = VLServerList(
            source: .afsdb, status: .goodWithBad, servers: [server("a", ["10.0.0.1"]), second])
        let decoded = try DecodedServerList(list.binary.bytes)
        #expect(decoded.source == 3)
        #expect(decoded.status == 2)
        #expect(
            decoded.servers == [
                .init(
                    name: "a", priority: 10, weight: 1, port: 7003, source: 5, status: 1, protocol: 1,
                    addresses: ["10.0.0.1"]),
                .init(
                    name: "b.example.org", priority: 0x0102, weight: 0xFFFE, port: 65535, source: 5, status: 6,
                    protocol: 1, addresses: ["10.0.0.2", "253.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2"]),
            ])
    }

    @Test(
        arguments: [
            (LookupProblem.noSuchName, 4), (.noData, 4), (.temporary, 6), (.noServerReachable, 6), (.refused, 7),
            (.privileges(Errno(EPERM)), 5), (.system(Errno(EIO)), 5), (.system(Errno(EBADMSG)), 3),
        ] as [(LookupProblem, UInt8)])
    func aFailureIsAnEmptyListWithAStatus(problem: LookupProblem, status: UInt8) {
        #expect(VLServerList(problem).binary.bytes == [0, 0, 1, 0, status, 0])
    }

    @Test func aServerHasAsManyAddressesAsTheKernelTakes() throws {
        let list = VLServerList(
            source: .srv, status: .good, servers: [server("a", (0..<300).map { "10.0.\($0 / 256).\($0 % 256)" })])
        #expect(try DecodedServerList(list.binary.bytes).servers[0].addresses.count == 64)
    }

    @Test func fitsIntoAKey() throws {
        let addresses = (0..<64).map { "fd00::\(String($0, radix: 16))" }
        let list = VLServerList(
            source: .srv, status: .good, servers: (0..<255).map { server("server\($0)", addresses) })
        let bytes = list.binary.bytes
        #expect(bytes.count <= 65_535)
        let record = try DecodedServerList(bytes).servers
        #expect(record.count == 59)
        #expect(record.allSatisfy { $0.addresses.count == 64 })
    }

    @Test func addressesOfOneInterfaceAreLeftOut() throws {
        var local = server("a", ["10.0.0.1"])
        local.addresses.insert(IPAddress(v6: in6_addr(), scope: 2), at: 0)
        let list = VLServerList(source: .srv, status: .good, servers: [local])
        #expect(try DecodedServerList(list.binary.bytes).servers[0].addresses == ["10.0.0.1"])
        #expect(list.text?.bytes == Bytes("10.0.0.1+7003\0"))
    }
}

@Suite struct TextListTests {
    private func text(_ source: VLServerList.Source, _ servers: [VLServerList.Server]) -> String? {
        VLServerList(source: source, status: .good, servers: servers).text.map {
            String(decoding: $0.bytes, as: UTF8.self)
        }
    }

    @Test func servicesNameThePort() {
        let servers = [server("a", ["10.0.0.1", "fd00::1"], port: 7103), server("b", ["10.0.0.2"])]
        #expect(text(.srv, servers) == "10.0.0.1+7103,[fd00::1]+7103,10.0.0.2+7003\0")
    }

    @Test func otherSourcesNameAPortThatIsNotTheDefault() {
        let servers = [server("a", ["10.0.0.1", "fd00::1"]), server("b", ["10.0.0.2"], port: 7004)]
        #expect(text(.afsdb, servers) == "10.0.0.1,[fd00::1],10.0.0.2+7004\0")
    }

    @Test func withoutAddressesThereIsNone() {
        #expect(text(.srv, [server("a", [])]) == nil)
    }

    @Test func fitsIntoAKey() throws {
        let addresses = (0..<64).map { "fd00:1111:2222:3333:4444:5555:6666:\(String(0x1000 + $0, radix: 16))" }
        let list = VLServerList(source: .srv, status: .good, servers: (0..<255).map { server("\($0)", addresses) })
        let bytes = try #require(list.text?.bytes)
        #expect((65_480...65_535).contains(bytes.count))
        #expect(bytes.suffix(3) == Bytes("03\0"))
    }
}
