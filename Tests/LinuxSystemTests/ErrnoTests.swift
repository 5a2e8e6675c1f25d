import CLinux
import Testing

@testable import LinuxSystem

@Suite("Errno")
struct ErrnoTests {
    @Test("A negative result throws errno, and any other is returned")
    func checkedResults() throws {
        #expect(throws: Errno(EBADF)) { try checked(close(-1)) }
        #expect(try checked(0) == 0)
        #expect(try checked(7) == 7)
    }

    @Test("The text is the C library's")
    func text() {
        #expect(Errno(ENODATA).text == "No data available")
    }
}
