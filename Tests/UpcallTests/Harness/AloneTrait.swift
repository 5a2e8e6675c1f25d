import Testing

/// Runs a suite while no other test has an upcall.
struct AloneTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Upcall.alone(function)
    }
}

extension Trait where Self == AloneTrait {
    /// For storms, which would make other tests wait for a processor.
    static var alone: Self { Self() }
}
