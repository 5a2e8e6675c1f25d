import LinuxSystem

@testable import DNSUpcall

/// DNS and name services as a test wants them. What it does not mention does not exist.
final class FakeServerRecordLookup: ServerRecordLookup {
    var records: [String: Result<DNSMessage, LookupProblem>] = [:]
    var hosts: [String: Result<[String], LookupProblem>] = [:]
    var ttls: [String: UInt32] = [:]
    /// How many more questions there is time for.
    var questionsLeft = Int.max
    private(set) var asked: [String] = []

    var hasTimeLeft: Bool { questionsLeft > 0 }

    /// What DNS has at a name, of the type that the builder was made for.
    func add(_ response: ResponseBuilder) {
        records["\(response.type.number) \(response.name)"] = .success(response.message)
    }

    func fail(_ name: String, _ type: DNSRecordType, _ problem: LookupProblem) {
        records["\(type.number) \(name)"] = .failure(problem)
    }

    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        let name = String(decoding: name.bytes, as: UTF8.self)
        ask("\(type.number) \(name)")
        return try (records["\(type.number) \(name)"] ?? .failure(.noSuchName)).get()
    }

    func serverAddresses(
        of name: HostName, _ families: Request.Families
    ) throws(LookupProblem) -> Answer {
        let name = String(decoding: name.bytes, as: UTF8.self)
        ask(name)
        let addresses = try (hosts[name] ?? .failure(.noSuchName)).get().map { IPAddress(Bytes(text: $0))! }
        return Answer(addresses: addresses.filter(families.include), ttl: ttls[name])
    }

    private func ask(_ question: String) {
        asked.append(question)
        questionsLeft -= 1
    }
}
