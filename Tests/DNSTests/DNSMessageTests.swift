import LinuxSystem
import Testing

@testable import DNS

/// Answers that Knot DNS sent.
private enum Captured {
    static let aliases = hex(
        """
        1234 8500 0001 0004 0000 0001 05616c696173076578616d706c65036f726700 0001 0001
        c00c 0005 0001 00000028 0009 066d6964646c65c012 c02f 0005 0001 00000014 0008 05686f737431c012
        c044 0001 0001 0000001e 0004 0a140001 c044 0001 0001 0000001e 0004 0a140002
        00 0029 04d0 00000000 0000
        """)
    static let afsdb = hex(
        """
        1234 8500 0001 0002 0000 0001 0463656c6c076578616d706c65036f726700 0012 0001
        c00c 0012 0001 0000005a 0015 0001 05686f737431076578616d706c65036f726700
        c00c 0012 0001 0000005a 0015 0002 05686f737432076578616d706c65036f726700
        00 0029 04d0 00000000 0000
        """)
    static let srv = hex(
        """
        1234 8500 0001 0003 0000 0006 0e5f616673332d766c736572766572045f7564700463656c6c076578616d706c65036f726700
        0021 0001
        c00c 0021 0001 00000078 0019 0005 0000 1bbf 05686f737432076578616d706c65036f726700
        c00c 0021 0001 00000078 0019 000a 0001 1b5b 05686f737431076578616d706c65036f726700
        c00c 0021 0001 00000078 0017 000a 0009 1b5b 03736978076578616d706c65036f726700
        c048 0001 0001 0000012c 0004 0a140003 c06d 0001 0001 0000001e 0004 0a140001
        c06d 0001 0001 0000001e 0004 0a140002
        c06d 001c 0001 00000032 0010 fd000000000000000000000000000001
        c092 001c 0001 0000012c 0010 fd000000000000000000000000000006
        00 0029 04d0 00000000 0000
        """)
    static let noSuchName = hex(
        """
        1234 8503 0001 0000 0001 0001 046e6f6e65076578616d706c65036f726700 0001 0001
        c011 0006 0001 0000003c 0026 026e73c011 0a686f73746d6173746572c011 00000001 00000e10 00000258 00015180 0000003c
        00 0029 04d0 00000000 0000
        """)
    static let truncated = hex(
        """
        1234 8700 0001 0000 0000 0001 0e5f616673332d766c736572766572045f75647003626967076578616d706c65036f726700
        0021 0001 00 0029 04d0 00000000 0000
        """)
    static let all = [aliases, afsdb, srv, noSuchName, truncated]
}

private func address(_ text: String) -> DNSRecord.Data { .address(IPAddress(Bytes(text: text))!) }

@Suite struct DNSMessageTests {
    @Test func readsAddressesAndTheAliasesOnTheWay() throws {
        let message = try #require(DNSMessage(parsing: Captured.aliases))
        #expect(message.identifier == 0x1234)
        #expect(message.isResponse && !message.isTruncated && !message.isDamaged)
        #expect(message.responseCode == 0)
        #expect(
            message.answers.map(\.owner.hostName) == [
                HostName("alias.example.org"), HostName("middle.example.org"), HostName("host1.example.org"),
                HostName("host1.example.org"),
            ])
        #expect(message.answers.map(\.ttl) == [40, 20, 30, 30])
        #expect(
            message.answers.map(\.data) == [
                .alias(DNSName(HostName("middle.example.org"))), .alias(DNSName(HostName("host1.example.org"))),
                address("10.20.0.1"), address("10.20.0.2"),
            ])
    }

    @Test func readsAFSDatabaseServersOfBothSubtypes() throws {
        let message = try #require(DNSMessage(parsing: Captured.afsdb))
        #expect(
            message.answers.map(\.data) == [
                .afsDatabase(subtype: 1, host: DNSName(HostName("host1.example.org"))),
                .afsDatabase(subtype: 2, host: DNSName(HostName("host2.example.org"))),
            ])
    }

    @Test func readsServicesAndTheAddressesSentAlong() throws {
        let message = try #require(DNSMessage(parsing: Captured.srv))
        #expect(
            message.answers.map(\.data) == [
                .service(priority: 5, weight: 0, port: 7103, target: DNSName(HostName("host2.example.org"))),
                .service(priority: 10, weight: 1, port: 7003, target: DNSName(HostName("host1.example.org"))),
                .service(priority: 10, weight: 9, port: 7003, target: DNSName(HostName("six.example.org"))),
            ])
        #expect(
            message.additional.map(\.data) == [
                address("10.20.0.3"), address("10.20.0.1"), address("10.20.0.2"), address("fd00::1"),
                address("fd00::6"), .other,
            ])
    }

    @Test func readsTheResponseCodeAndSkipsTheAuthority() throws {
        let message = try #require(DNSMessage(parsing: Captured.noSuchName))
        #expect(message.responseCode == 3)
        #expect(message.answers.isEmpty)
        #expect(message.additional.map(\.type.number) == [41])
    }

    @Test func seesThatAMessageIsTruncated() throws {
        #expect(try #require(DNSMessage(parsing: Captured.truncated)).isTruncated)
    }

    @Test func keepsTheRecordsBeforeTheDamage() throws {
        let message = try #require(DNSMessage(parsing: Bytes(Captured.afsdb.dropLast(30))))
        #expect(message.isDamaged)
        #expect(message.answers.count == 1)
    }

    @Test func announcingMoreRecordsThanThereAreIsDamage() throws {
        var bytes = Captured.noSuchName
        bytes[6...7] = [0xFF, 0xFF]
        #expect(try #require(DNSMessage(parsing: bytes)).isDamaged)
    }

    @Test func anotherClassHasNoDataForUs() throws {
        let record = ResponseBuilder.record("a", .a, class: 3, ttl: 1, [10, 0, 0, 1])
        let message = try #require(DNSMessage(parsing: [0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0] + record))
        #expect(message.answers.map(\.data) == [.other])
    }

    @Test(arguments: [
        (DNSRecordType.a, Bytes([10, 0, 0])), (.aaaa, [10, 0, 0, 1]), (.cname, []), (.cname, [1, 97, 0, 0]),
        (.srv, [0, 0, 0, 0, 0, 0]), (.srv, [0, 0, 0]), (.srv, [0, 0, 0, 0, 0, 0, 0, 0]), (.afsdb, [0, 1]),
        (.afsdb, [0]), (.cname, [0xC0]), (.cname, [0xC0, 0xFF]), (.cname, [0x40, 0]), (.cname, [0x80, 0]),
    ])
    func dataThatIsNotWhatTheTypeSaysIsMalformed(type: DNSRecordType, data: Bytes) {
        var response = ResponseBuilder("a.b", .a)
        response.answer("a.b", type, data)
        response.address("a.b", "10.0.0.1")
        #expect(response.message.answers.map(\.data) == [.malformed, address("10.0.0.1")])
        #expect(!response.message.isDamaged)
    }
}

@Suite struct DNSNameTests {
    private func name(_ message: Bytes, at start: Int) -> DNSName? {
        var end = 0
        return DNSName(in: message, at: start, end: &end)
    }

    @Test func aPointerToItselfOrForwardIsNoName() {
        #expect(name([0xC0, 0], at: 0) == nil)
        #expect(name([0xC0, 2, 0], at: 0) == nil)
        #expect(name([1, 97, 0xC0, 0], at: 0) == nil)
        // Two that lead to each other.
        #expect(name([0xC0, 2, 0xC0, 0], at: 2) == nil)
    }

    @Test func aPointerIntoTheMiddleOfTheSameNameIsNoName() {
        #expect(name([3, 1, 97, 0, 0xC0, 1], at: 0) == nil)
    }

    @Test func pointersAreCounted() {
        // The root, and pointers that each lead to the previous one.
        var chain: Bytes = [0]
        for index in 0..<200 {
            let target = index == 0 ? 0 : chain.count - 2
            chain += [0xC0 | UInt8(target >> 8), UInt8(target & 255)]
        }
        #expect(name(chain, at: 1 + 126 * 2) != nil)
        #expect(name(chain, at: 1 + 127 * 2) == nil)
    }

    @Test func aNameHasAtMost255Bytes() {
        func wireName(ofLabels lengths: [UInt8]) -> Bytes {
            lengths.flatMap { [$0] + Bytes(repeating: 97, count: Int($0)) } + [0]
        }
        let longest = wireName(ofLabels: [63, 63, 63, 61])
        #expect(longest.count == 255)
        #expect(name(longest, at: 0)?.hostName != nil)
        #expect(name(wireName(ofLabels: [63, 63, 63, 62]), at: 0) == nil)
    }

    @Test func theEndIsAfterTheFirstPointer() {
        var end = 0
        #expect(DNSName(in: [1, 97, 0, 1, 98, 0xC0, 0, 7], at: 3, end: &end) == DNSName(HostName("b.a")))
        #expect(end == 7)
    }

    @Test func equalityIgnoresTheCaseOfLetters() {
        #expect(DNSName(HostName("Store.Example")) == DNSName(HostName("sTORE.example")))
        #expect(DNSName(HostName("ab.c")) != DNSName(HostName("a.bc")))
    }

    @Test func aLabelWithADotIsNoHostName() {
        #expect(name([3, 97, 46, 98, 0], at: 0)?.hostName == nil)
        #expect(name([2, 97, 10, 0], at: 0)?.hostName == nil)
        #expect(name([0], at: 0)?.hostName == nil)
    }
}

@Suite struct AddressTTLTests {
    @Test func isTheSmallestAlongTheAliases() throws {
        let message = try #require(DNSMessage(parsing: Captured.aliases))
        #expect(message.answer(to: HostName("ALIAS.example.org"), .a)?.ttl == 20)
        #expect(message.answer(to: HostName("host1.example.org"), .a)?.ttl == 30)
    }

    @Test func isTheSmallestOfTheAddresses() {
        var response = ResponseBuilder("a", .a)
        response.address("a", "10.0.0.1", ttl: 9)
        response.address("a", "10.0.0.2", ttl: 7)
        response.address("b", "10.0.0.3", ttl: 1)
        response.address("a", "fd00::1", ttl: 2)
        #expect(response.message.answer(to: HostName("a"), .a)?.ttl == 7)
    }

    @Test func isNilWithoutSuchAnAddress() throws {
        let message = try #require(DNSMessage(parsing: Captured.aliases))
        #expect(message.answer(to: HostName("alias.example.org"), .aaaa)?.ttl == nil)
        #expect(message.answer(to: HostName("other.example.org"), .a)?.ttl == nil)
    }

    @Test func theTopBitMeansZero() {
        var response = ResponseBuilder("a", .a)
        response.address("a", "10.0.0.1", ttl: 0x8000_0000)
        #expect(response.message.answer(to: HostName("a"), .a)?.ttl == 0)
    }

    @Test func aliasesInAnyOrderAreFollowed() {
        var response = ResponseBuilder("a", .a)
        response.address("c", "10.0.0.1", ttl: 30)
        response.alias("b", to: "c", ttl: 10)
        response.alias("a", to: "b", ttl: 20)
        #expect(response.message.answer(to: HostName("a"), .a)?.ttl == 10)
    }

    @Test func aRingOfAliasesEnds() {
        var response = ResponseBuilder("a", .a)
        response.alias("a", to: "b")
        response.alias("b", to: "a")
        #expect(response.message.answer(to: HostName("a"), .a)?.ttl == nil)
    }
}

@Suite struct DNSQueryTests {
    @Test func asksOneQuestionWithEDNS() {
        let query = DNSQuery(name: DNSName(HostName("cell.example.org")), type: .afsdb, identifier: 0x1234)
        #expect(
            query.message
                == hex(
                    """
                    1234 0100 0001 0000 0000 0001 0463656c6c076578616d706c65036f726700 0012 0001
                    00 0029 04d0 00000000 0000
                    """))
    }
}

@Suite struct HostileMessageTests {
    /// Reads everything in a message.
    private func read(_ bytes: Bytes) {
        guard let message = DNSMessage(parsing: bytes) else { return }
        for record in message.answers + message.additional { _ = record.owner.hostName }
        _ = message.answer(to: HostName("alias.example.org"), .a)?.ttl
    }

    @Test func everyBeginningOfAMessageIsReadSafely() {
        for message in Captured.all {
            for length in 0...message.count { read(Bytes(message.prefix(length))) }
        }
        #expect(DNSMessage(parsing: Bytes(Captured.srv.prefix(11))) == nil)
    }

    @Test func changedMessagesAreReadSafely() {
        var random = SplitMix64(state: 1)
        for _ in 0..<500 {
            var message = Captured.all.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                message[Int.random(in: 0..<message.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            read(message)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLargeMessageOfPointersIsReadInTime() {
        // As many records as fit in 65,535 bytes, each with the longest possible name.
        let label = Bytes([1, 97])
        var message: Bytes = [0, 0, 0x80, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0]
        message += Bytes([Bytes](repeating: label, count: 126).joined()) + [0, 0, 1, 0, 1]
        while message.count < 65_535 - 12 { message += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 0] }
        let parsed = DNSMessage(parsing: message)
        #expect(parsed?.answers.count == (message.count - 269) / 12)
        read(message)
    }
}
