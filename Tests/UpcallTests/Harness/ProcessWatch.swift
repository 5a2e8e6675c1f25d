import Foundation
import Synchronization

/// Looks at a scenario's handlers again and again, until it is told to stop.
final class ProcessWatch: Sendable {
    private let peak = Mutex((processes: 0, bytes: 0))
    private let isOver = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ scenario: Scenario) {
        Thread { [self] in
            while !isOver.load(ordering: .relaxed) {
                let handlers = (try? Handler.all(in: scenario)) ?? []
                let bytes = handlers.reduce(0) { $0 + $1.residentSize }
                peak.withLock { $0 = (max($0.processes, handlers.count), max($0.bytes, bytes)) }
                usleep(20_000)
            }
            ended.signal()
        }.start()
    }

    /// The most handlers seen at once, and the most memory that all of them had at once, in bytes.
    func stop() -> (processes: Int, bytes: Int) {
        isOver.store(true, ordering: .relaxed)
        ended.wait()
        return peak.withLock { $0 }
    }
}
