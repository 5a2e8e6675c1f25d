import CKeyutils
import CLinux
import LinuxSystem

/// Has the kernel start the program, by request_key(2), as a file system would have it.
enum UpcallCheck {
    /// How much longer than the program's deadline a key may take, in seconds.
    private static let patience = 10

    /// What the requester of a key got.
    enum Outcome: Equatable {
        case payload(Bytes)
        case failed(Errno)
        case late(seconds: Int)
    }

    /// A description that fits a rule's pattern, and that this program rejects with EINVAL before it asks anyone, since a
    /// label is empty. Nil for a pattern that only one name fits.
    static func probe(for pattern: Bytes) -> Bytes? {
        guard let asterisk = pattern.firstIndex(of: UInt8(ascii: "*")) else { return nil }
        return pattern[..<asterisk] + Bytes(marker) + pattern[(asterisk + 1)...]
    }

    /// By which the log check knows the lines about probes.
    static let marker: StaticString = "resolver-check..probe"

    /// Asks in a session keyring of its own: what the kernel keeps for file systems is neither seen nor changed. A handler
    /// that hangs holds its requester, even one that is killed.
    static func request(_ description: Bytes, deadline: Int) -> (Outcome, microseconds: Int) {
        let start = monotonicMicroseconds()
        let seconds = deadline + patience
        let output = try? ChildProcess.output(within: seconds, limit: 1 << 17) { output in
            keyctl_join_session_keyring(nil)
            let key = description.withCString { request_key("dns_resolver", $0, "", KEY_SPEC_SESSION_KEYRING) }
            var answer = Bytes()
            var code = key < 0 ? Errno.last.code : 0
            if key >= 0 {
                answer = Bytes(unsafeUninitializedCapacity: Key.largestPayload) { buffer, count in
                    let length = keyctl_read(
                        key, UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self),
                        buffer.count)
                    if length < 0 { code = Errno.last.code }
                    count = Swift.max(Swift.min(Int(length), buffer.count), 0)
                }
            }
            // The error's number with 1 added, little-endian: an empty output is that of a child that failed.
            try? writeAll([UInt8((code + 1) & 255), UInt8((code + 1) >> 8 & 255)] + answer, to: output)
        }
        let time = monotonicMicroseconds() - start
        guard let output, output.isComplete, output.bytes.count >= 2 else { return (.late(seconds: seconds), time) }
        let code = Int32(output.bytes[0]) + Int32(output.bytes[1]) << 8 - 1
        return (code == 0 ? .payload(Bytes(output.bytes.dropFirst(2))) : .failed(Errno(code)), time)
    }
}
