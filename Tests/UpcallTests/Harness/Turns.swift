import Foundation
import Synchronization

/// Limits how many things run at once, in order of arrival. All tests start at once, and too many upcalls and programs
/// would only wait for a processor, and be measured.
final class Turns: Sendable {
    let count: Int
    private let state: Mutex<State>

    private struct State {
        var free: Int
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func next() -> CheckedContinuation<Void, Never>? {
            guard let first = waiting.first, first.count <= free else { return nil }
            free -= first.count
            return waiting.removeFirst().continuation
        }
    }

    init(_ count: Int) {
        self.count = count
        state = Mutex(State(free: count))
    }

    /// Waits for this many turns, and holds them while `body` runs. Later calls do not overtake earlier ones.
    func taking<Result>(_ count: Int = 1, _ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiting.append((count, continuation)) }
            goOn()
        }
        defer {
            state.withLock { $0.free += count }
            goOn()
        }
        return try await body()
    }

    private func goOn() {
        while let continuation = state.withLock({ $0.next() }) { continuation.resume() }
    }
}

/// Runs blocking code on a separate thread: the test runner has few, and other tests measure time.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}
