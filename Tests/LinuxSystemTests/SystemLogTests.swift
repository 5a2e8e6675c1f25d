import CLinux
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
        let datagram = SystemLog.datagram(severity, "store.default: no such name")
        #expect(
            String(decoding: datagram, as: UTF8.self)
                == "\(priority)resolver[\(getpid())]: store.default: no such name")
    }
}
