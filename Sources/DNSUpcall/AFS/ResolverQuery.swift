import CLinux
import LinuxSystem

/// Questions to DNS by the C library's resolver(3), with the servers of the view that the process is in.
enum ResolverQuery {
    /// As large as a DNS message gets.
    private static let largestAnswer = 65_535

    /// Asks with res_nquery(3), which turns to TCP for an answer that UDP cuts off.
    static func ask(_ name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        guard let state = __res_state(), prepare(state) else { throw .system(Errno.last) }
        var length: Int32 = -1
        let answer = Bytes(unsafeUninitializedCapacity: largestAnswer) { buffer, count in
            // Where no answer is accepted, the last one that was refused may stand in the buffer: RFC 1035, RCODE.
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

    /// Lets each server have a second, so that there is time left for another source; and UDP answers be large.
    private static func prepare(_ state: UnsafeMutablePointer<__res_state>) -> Bool {
        if state.pointee.options & UInt(RES_INIT) == 0, __res_ninit(state) != 0 { return false }
        state.pointee.options |= UInt(RES_USE_EDNS0)
        state.pointee.retrans = 1
        state.pointee.retry = state.pointee.nscount > 1 ? 1 : min(state.pointee.retry, 2)
        return true
    }
}
