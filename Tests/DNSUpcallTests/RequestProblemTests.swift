import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Request problems")
struct RequestProblemTests {
    @Test(
        "Each has a text in printable ASCII, of limited length",
        arguments: [
            RequestProblem.malformedKey, .foreignKeyType(Bytes(repeating: 0x1B, count: 4096)),
            .unknownQueryType(Bytes(repeating: 0x0A, count: 4096)), .invalidName(reason: .empty),
            .invalidName(reason: .tooLong), .invalidName(reason: .emptyLabel),
            .invalidName(reason: .labelTooLong), .invalidName(reason: .leadingHyphen),
            .invalidName(reason: .invalidCharacter),
        ])
    func text(problem: RequestProblem) {
        #expect(problem.text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect((20...250).contains(problem.text.utf8.count))
    }

    @Test("The faulty part is quoted")
    func quotes() {
        #expect(RequestProblem.unknownQueryType(Bytes("m\nx")).text == "unknown query type 'm\\x0ax'")
        #expect(
            RequestProblem.foreignKeyType(Bytes("user")).text
                == "keys of type 'user' are not ours: only dns_resolver keys are")
    }
}
