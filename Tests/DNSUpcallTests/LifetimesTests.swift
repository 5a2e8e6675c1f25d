import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Lifetimes")
struct LifetimesTests {
    private static func lifetime(ttl: UInt32?, min: UInt32 = 1, max: UInt32 = 5) -> UInt32 {
        var lifetimes = Lifetimes()
        lifetimes.defaultTTL = 60
        lifetimes.minTTL = min
        lifetimes.maxTTL = max
        return lifetimes.lifetime(ttl: ttl)
    }

    @Test(
        "An address's lifetime is its TTL, within the bounds",
        arguments: [(0, 2), (1, 2), (2, 2), (9, 9), (10, 10), (11, 10), (.max, 10)] as [(UInt32, UInt32)])
    func bounds(ttl: UInt32, seconds: UInt32) {
        #expect(Self.lifetime(ttl: ttl, min: 2, max: 10) == seconds)
    }

    @Test("A TTL of 0 does not make a key last forever")
    func zero() {
        #expect(Self.lifetime(ttl: 0) == 1)
    }

    @Test("Without a TTL the default applies, whatever the bounds")
    func unknown() {
        #expect(Self.lifetime(ttl: nil) == 60)
    }

    @Test("If the bounds are reversed, the greater one wins", arguments: [0, 7, 100] as [UInt32])
    func crossed(ttl: UInt32) {
        #expect(Self.lifetime(ttl: ttl, min: 20, max: 10) == 20)
    }
}
