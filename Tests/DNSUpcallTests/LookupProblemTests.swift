import CLinux
import LinuxSystem
import Testing

@testable import DNS
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
}
