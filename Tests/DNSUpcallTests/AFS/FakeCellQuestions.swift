import LinuxSystem

@testable import DNS
@testable import DNSUpcall

/// DNS and name services with a test's answers. Other names do not exist.
final class FakeCellQuestions: CellQuestions {
    var records: [String: Result<DNSMessage, LookupProblem>] = [:]
    var hosts: [String: Result<[String], LookupProblem>] = [:]
    var ttls: [String: UInt32] = [:]
    /// How many more questions may be asked in time.
    var questionsLeft = Int.max
    private(set) var asked: [String] = []

    var hasTimeLeft: Bool { questionsLeft > 0 }

    /// Adds the records of a name, of the builder's type.
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
        of name: HostName, _ families: AddressFamilies
    ) throws(LookupProblem) -> FoundAddresses {
        let name = String(decoding: name.bytes, as: UTF8.self)
        ask(name)
        let addresses = try (hosts[name] ?? .failure(.noSuchName)).get().map { IPAddress(Bytes(text: $0))! }
        return FoundAddresses(addresses: addresses.filter(families.include), ttl: ttls[name])
    }

    private func ask(_ question: String) {
        asked.append(question)
        questionsLeft -= 1
    }
}
