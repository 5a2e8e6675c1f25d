import KubeletDiscovery
import LinuxSystem

/// The last good answer, at hand for the case that the cluster's DNS cannot be reached: RFC 8767.
public struct StaleAnswer: Equatable, Sendable {
    public let address: IPAddress
    /// How long ago DNS gave it, in seconds.
    public let age: Int
    /// How long the key would live, in seconds.
    public let lifetime: UInt32
    /// After how many milliseconds without an answer it is given.
    public let milliseconds: Int

    public var text: String { "\(address.text), \(age) s old, for \(lifetime) s" }
}

extension NameResolution {
    /// How long the cluster's DNS may take while there is another answer: the second that the resolver gives to each
    /// server, and most of the one it then gives to the first again. RFC 8767 calls it the client response timer, and
    /// has 1.8 seconds for it.
    private var patience: Int { cluster.servers.count * ResolvConf.timeout * 1000 + 800 }

    /// Opens the place of the last answers, while that is possible, where they may be given: to who has to live with
    /// one address, and is not just any local user, who could fill the place with names of his own.
    mutating func openLastAnswers(for fullName: Bytes, _ request: Request) {
        guard configuration.staleLimit != nil, request.isTrusted, !request.wantsList, request.server == nil,
            let name = try? HostName(validating: fullName)
        else { return }
        do throws(LastAnswersProblem) {
            lastAnswers = try lookup.openLastAnswers(for: name, request.families)
        } catch {
            observer.observe(.lastAnswersFailed(error))
        }
    }

    /// The last answer, if there is one that is not too old.
    var staleAnswer: StaleAnswer? {
        guard let (address, age) = lastAnswers?.recall(), let limit = configuration.staleLimit, age <= limit else {
            return nil
        }
        return StaleAnswer(
            address: address, age: age, lifetime: configuration.lifetimes.staleLifetime, milliseconds: patience)
    }

    mutating func offer(_ answer: StaleAnswer) {
        observer.observe(.offered(answer))
        lookup.offer(answer)
    }

    mutating func withdrawOffer() {
        lookup.withdrawOffer()
        observer.observe(.offered(nil))
    }

    /// What DNS says of a name's addresses counts, also if that is that there are none.
    func forget(_ problem: LookupProblem, of question: Question) {
        switch problem {
        case .noSuchName where question.service == .dns: lastAnswers?.forget { _ in true }
        case .noData where question.service == .dns: lastAnswers?.forget(where: question.families.include)
        default: break
        }
    }
}
