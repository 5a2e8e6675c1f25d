import CKeyutils
import CLinux
import LinuxSystem

/// Has the kernel start the program with request_key(2), as for a file system.
enum UpcallCheck {
    /// How much longer than the program's deadline a key may take.
    private static var patience: Duration { .seconds(10) }

    /// What the requester of a key gets.
    enum Outcome: Equatable {
        case payload(Bytes)
        case failed(Errno)
        case late(Duration)
    }

    /// A description that matches a rule's pattern, and that this program rejects with EINVAL without a lookup, since a
    /// label is empty. Nil for a pattern that matches only one name.
    static func probe(for pattern: Bytes) -> Bytes? {
        guard let asterisk = pattern.firstIndex(of: UInt8(ascii: "*")) else { return nil }
        return pattern[..<asterisk] + Bytes(marker) + pattern[(asterisk + 1)...]
    }

    /// In the name of every probe, so that a check does not take its own for failures of the node.
    static let marker: StaticString = "resolver-check..probe"

    /// Asks in a session keyring of its own, so that what the kernel keeps for file systems is neither used nor
    /// changed. A child process asks, because a hanging handler blocks its requester, even a killed one.
    static func request(_ description: Bytes, deadline: Duration) -> (Outcome, time: Duration) {
        let start = MonotonicTime.now
        let longest = deadline + patience
        let output = try? ChildProcess.output(until: Deadline(at: start + longest), limit: 1 << 17) { output in
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
            // The errno plus 1, little-endian: empty output means that the child failed.
            try? writeAll([UInt8((code + 1) & 255), UInt8((code + 1) >> 8 & 255)] + answer, to: output)
        }
        let time = start.elapsed
        guard let output, output.isComplete, output.bytes.count >= 2 else { return (.late(longest), time) }
        let code = Int32(output.bytes[0]) + Int32(output.bytes[1]) << 8 - 1
        return (code == 0 ? .payload(Bytes(output.bytes.dropFirst(2))) : .failed(Errno(code)), time)
    }
}
