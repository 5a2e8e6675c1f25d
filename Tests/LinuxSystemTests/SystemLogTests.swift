import CLinux
import Synchronization
import Testing

@testable import LinuxSystem

@Suite("System log")
struct SystemLogTests {
    @Test(
        "A datagram has the facility daemon, the severity, the program and its process id",
        arguments: [
            (SystemLog.Severity.error, "<27>"), (.warning, "<28>"), (.info, "<30>"), (.debug, "<31>"),
        ])
    func datagram(severity: SystemLog.Severity, priority: String) {
        let datagram = SystemLog.datagram(severity, "store.default: no such name", for: .syslog)
        #expect(
            String(decoding: datagram, as: UTF8.self)
                == "\(priority)resolver[\(getpid())]: store.default: no such name")
    }

    @Test(
        "Lines below the threshold are not written",
        arguments: [
            (SystemLog.Severity.error, ["error"]), (.warning, ["error", "warning"]),
            (.info, ["error", "warning", "info"]), (.debug, ["error", "warning", "info", "debug"]),
        ])
    func threshold(threshold: SystemLog.Severity, written: [String]) {
        let lines = Mutex<[String]>([])
        let log = SystemLog(threshold: threshold) { _, line, _ in lines.withLock { $0.append(line) } }
        log.write(.error, "error")
        log.write(.warning, "warning")
        log.write(.info, "info")
        log.write(.debug, "debug")
        #expect(lines.withLock { $0 } == written)
    }
}
