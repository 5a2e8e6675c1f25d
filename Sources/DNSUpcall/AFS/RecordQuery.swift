import CLinux
import DNS
import LinuxSystem

/// DNS queries with the C library's resolver(3), to the servers of the view that the process is in.
enum RecordQuery {
    /// The largest size of a DNS message.
    private static let largestAnswer = 65_535

    /// Asks with res_nquery(3), which switches to TCP for an answer that is truncated over UDP.
    static func ask(_ name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        guard let state = __res_state(), prepare(state) else { throw .system(Errno.last) }
        var length: Int32 = -1
        let answer = Bytes(unsafeUninitializedCapacity: largestAnswer) { buffer, count in
            // If no answer is accepted, the buffer may still contain the last rejected one: RFC 1035, RCODE.
            for index in 0..<4 { buffer[index] = 0 }
            length = name.bytes.withCString {
                res_nquery(state, $0, 1, Int32(type.number), buffer.baseAddress, Int32(buffer.count))
            }
            count = length < 0 ? 4 : Int(min(length, Int32(largestAnswer)))
        }
        guard length < 0 else {
            guard let message = DNSMessage(parsing: answer) else { throw .system(Errno(EBADMSG)) }
            return message
        }
        let errno = Errno.last
        switch state.pointee.res_h_errno {
        case HOST_NOT_FOUND: throw .noSuchName
        case NO_DATA: throw .noData
        case NO_RECOVERY: throw .refused
        case TRY_AGAIN where answer[3] & 15 == 5: throw .refused
        case TRY_AGAIN where errno.code == ECONNREFUSED: throw .noServerReachable
        case TRY_AGAIN: throw .temporary
        default: throw .system(errno)
        }
    }

    /// Gives each server one second, so that there is time left for another source, and allows large UDP answers.
    private static func prepare(_ state: UnsafeMutablePointer<__res_state>) -> Bool {
        if state.pointee.options & UInt(RES_INIT) == 0, __res_ninit(state) != 0 { return false }
        state.pointee.options |= UInt(RES_USE_EDNS0)
        state.pointee.retrans = 1
        state.pointee.retry = state.pointee.nscount > 1 ? 1 : min(state.pointee.retry, 2)
        return true
    }
}
