import CLinux
import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("Statuses of getaddrinfo(3)")
struct LookupProblemTests {
    @Test(
        "Each status has its meaning",
        arguments: [
            (EAI_NONAME, LookupProblem.noSuchName), (-5, .noData), (-9, .noData), (EAI_AGAIN, .temporary),
            (EAI_FAIL, .refused), (EAI_MEMORY, .system(Errno(ENOMEM))), (EAI_SYSTEM, .system(Errno(EMFILE))),
            (EAI_FAMILY, .system(Errno(EMFILE))),
        ])
    func status(status: Int32, problem: LookupProblem) {
        #expect(LookupProblem(status: status, errno: Errno(EMFILE)) == problem)
    }

    @Test(
        "What a server did has its text",
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
