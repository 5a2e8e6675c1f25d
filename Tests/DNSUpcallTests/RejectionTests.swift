import CLinux
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Rejections")
struct RejectionTests {
    private static let failures: [Failure] = [
        .request(.malformedKey), .request(.foreignKeyType([])), .request(.unknownQueryType([])),
        .request(.invalidName(reason: .empty)), .lookup(.noSuchName), .lookup(.noData), .lookup(.temporary),
        .lookup(.noServerReachable), .lookup(.refused), .lookup(.system(Errno(EMFILE))),
        .lookup(.privileges(Errno(EPERM))), .key(Errno(EDQUOT)), .deadline, .crash, .usage,
    ]

    @Test(
        "Each failure has its errno and its lifetime",
        arguments: [
            (Failure.lookup(.noSuchName), ENODATA, "ENODATA", 5), (.lookup(.noData), ENODATA, "ENODATA", 5),
            (.lookup(.temporary), EAGAIN, "EAGAIN", 1), (.deadline, EAGAIN, "EAGAIN", 1),
            (.lookup(.noServerReachable), ECONNREFUSED, "ECONNREFUSED", 1),
            (.lookup(.refused), ECONNREFUSED, "ECONNREFUSED", 1),
            (.request(.malformedKey), EINVAL, "EINVAL", 5), (.request(.foreignKeyType([])), EINVAL, "EINVAL", 5),
            (.request(.unknownQueryType([])), EINVAL, "EINVAL", 5),
            (.request(.invalidName(reason: .tooLong)), EINVAL, "EINVAL", 5), (.usage, EINVAL, "EINVAL", 5),
            (.lookup(.system(Errno(ENOMEM))), EIO, "EIO", 1), (.lookup(.privileges(Errno(EPERM))), EIO, "EIO", 1),
            (.key(Errno(EDQUOT)), EIO, "EIO", 1), (.crash, EIO, "EIO", 1),
        ])
    func table(failure: Failure, errno: Int32, name: String, seconds: UInt32) {
        let rejection = Rejection(for: failure)
        #expect(rejection.errno == Errno(errno))
        #expect("\(rejection.name)" == name)
        #expect(rejection.seconds == seconds)
    }

    @Test(
        "The kernel passes on every errno, and none is ENOKEY, which it would keep", arguments: failures)
    func errno(failure: Failure) {
        let code = Rejection(for: failure).errno.code
        #expect((1...4094).contains(code))
        // ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND and ERESTART_RESTARTBLOCK.
        #expect(![512, 513, 514, 516].contains(code))
        #expect(code != ENOKEY)
    }

    @Test("No failure is remembered for more than ten seconds", arguments: failures)
    func seconds(failure: Failure) {
        var longest = Lifetimes()
        longest.negativeTTL = 10
        longest.temporaryTTL = 10
        #expect((1...10).contains(Rejection(for: failure).seconds))
        #expect(Rejection(for: failure, longest).seconds == 10)
    }

    @Test("Temporary and lasting failures have separate lifetimes")
    func lifetimes() {
        var lifetimes = Lifetimes()
        lifetimes.negativeTTL = 7
        lifetimes.temporaryTTL = 3
        for failure in [Failure.lookup(.noSuchName), .lookup(.noData), .request(.malformedKey), .usage] {
            #expect(Rejection(for: failure, lifetimes).seconds == 7)
        }
        for failure in [Failure.lookup(.temporary), .deadline, .crash, .key(Errno(EIO)), .lookup(.refused)] {
            #expect(Rejection(for: failure, lifetimes).seconds == 3)
        }
    }

    @Test("Each failure has a different text")
    func texts() {
        #expect(Set(Self.failures.map(\.text)).count == Self.failures.count)
    }
}
