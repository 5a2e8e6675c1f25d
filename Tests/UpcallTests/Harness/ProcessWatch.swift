import Foundation
import Synchronization

/// Samples a scenario's handlers until it is stopped.
final class ProcessWatch: Sendable {
    private let peak = Mutex((processes: 0, bytes: 0))
    private let isOver = Atomic(false)

    init(_ scenario: Scenario, on host: TestHost) {
        Thread { [self] in
            while !isOver.load(ordering: .relaxed) {
                let handlers = (try? Handler.all(in: scenario, on: host)) ?? []
                let bytes = handlers.reduce(0) { $0 + $1.residentSize }
                peak.withLock { $0 = (max($0.processes, handlers.count), max($0.bytes, bytes)) }
                usleep(20_000)
            }
        }.start()
    }

    /// The most handlers seen at once, and the most memory that all of them used at once, in bytes.
    func stop() -> (processes: Int, bytes: Int) {
        isOver.store(true, ordering: .relaxed)
        return peak.withLock { $0 }
    }
}
