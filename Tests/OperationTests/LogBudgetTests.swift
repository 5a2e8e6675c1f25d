import Foundation
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("The log's budget")
struct LogBudgetTests {
    private let file: HistoryFile
    private let budget: LogBudget

    init() throws {
        file = try HistoryFile()
        budget = try #require(file.open()).logBudget
    }

    @Test("A limited number of lines is written in ten seconds; the others are counted and reported once")
    func window() {
        #expect((0..<3).map { _ in budget.take(limit: 3, now: 100) } == [.write, .write, .write])
        #expect(budget.take(limit: 3, now: 105) == .leaveOutFirst)
        #expect(budget.take(limit: 3, now: 109) == .leaveOut)
        #expect(budget.takeLeftOut(now: 109) == 0)
        #expect(budget.takeLeftOut(now: 110) == 2)
        #expect(budget.takeLeftOut(now: 110) == 0)
        #expect(budget.take(limit: 3, now: 110) == .write)
        #expect(budget.leftOut == 2)
    }

    @Test("The first line of the next window reports them")
    func nextWindow() {
        for _ in 0..<5 { _ = budget.take(limit: 1, now: 100) }
        #expect(budget.take(limit: 1, now: 110) == .write)
        #expect(budget.takeLeftOut(now: 110) == 4)
    }

    @Test("If the clock went back, as after a reboot, a new window begins")
    func backwards() {
        for _ in 0..<5 { _ = budget.take(limit: 1, now: 100) }
        #expect(budget.take(limit: 1, now: 3) == .write)
    }

    @Test("Many handlers at once write no more lines than allowed, and each line is counted")
    func concurrent() {
        let budget = self.budget
        nonisolated(unsafe) let written = UnsafeMutablePointer<Int>.allocate(capacity: 8)
        defer { written.deallocate() }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            written[thread] = (0..<1000).filter { _ in budget.take(limit: 20, now: 7) == .write }.count
        }
        #expect((0..<8).map { written[$0] }.reduce(0, +) == 20)
        #expect(budget.leftOut == 7980)
        #expect(budget.takeLeftOut(now: 17) == 7980)
    }
}
