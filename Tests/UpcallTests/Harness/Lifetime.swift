import Testing

/// Expects the keys of names below `domain` to live for so many seconds, or for two where that is more: the least that
/// the kernel is told.
///
/// On a busy machine the TTL may come too late, after which the key lives for a shorter time, and the key may have aged
/// before it is looked at. So no key may live longer, and one of several must live as long.
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
