import CLinux
import LinuxSystem
import Testing

@testable import DNS

@Suite("Replies of a DNS server")
struct ServerReplyTests {
    @Test(
        "Each reply has its text",
        arguments: [
            (ServerReply.answered(responseCode: 0), "answers"), (.answered(responseCode: 2), "answers SERVFAIL"),
            (.answered(responseCode: 3), "answers NXDOMAIN"), (.answered(responseCode: 5), "answers REFUSED"),
            (.answered(responseCode: 9), "answers with response code 9"), (.silent, "silent"),
            (.unreachable(Errno(ECONNREFUSED)), "Connection refused"),
        ])
    func replies(reply: ServerReply, text: String) {
        #expect(reply.text == text)
    }
}
