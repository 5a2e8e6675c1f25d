import CLinux
import LinuxSystem

/// Output for a person or another program.
enum Console {
    /// Writes to standard output.
    ///
    /// - Returns: Whether all of it was written. If the reader has gone, no error is shown.
    @discardableResult
    static func print(_ text: Bytes) -> Bool {
        do throws(Errno) {
            try writeAll(text, to: STDOUT_FILENO)
            return true
        } catch {
            if error.code != EPIPE { complain("standard output: \(error.text)") }
            return false
        }
    }

    /// Writes a line to standard error.
    static func complain(_ text: String) {
        try? writeAll("resolver: \(text)\n".utf8, to: STDERR_FILENO)
    }
}
