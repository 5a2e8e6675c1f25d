import Testing

/// Expects the keys of names below `domain` to have this lifetime in seconds, or two if it is less: the kernel is never
/// given less than two.
///
/// On a busy machine the TTL may arrive too late, which makes the lifetime shorter, and the key may age before it is
/// examined. So no key may live longer, and one of several must live that long.
func expectLifetime(
    of scenario: Scenario, _ domain: String, _ seconds: Int, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let longest = max(seconds, 2)
    var seen: [Int] = []
    repeat {
        let upcall = await Upcall.request(scenario.name(domain))
        let key = try #require(upcall.key, "\(upcall.outcome)", sourceLocation: sourceLocation)
        seen.append(try #require(key.secondsLeft, "the key is permanent", sourceLocation: sourceLocation))
    } while !(longest - 1...longest).contains(seen.last!) && seen.count < 20
    #expect(seen.allSatisfy { $0 <= longest }, "\(seen)", sourceLocation: sourceLocation)
    #expect(seen.contains { $0 >= longest - 1 }, "\(seen)", sourceLocation: sourceLocation)
}
