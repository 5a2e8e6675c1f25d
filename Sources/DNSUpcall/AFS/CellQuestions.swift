import DNS
import LinuxSystem

/// What the search for a cell's servers asks the network; tests provide their own answers.
protocol CellQuestions {
    /// The answer from DNS to one question about the name as is, without a search list.
    ///
    /// - Throws: Also if the answer contains no records.
    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage

    /// The addresses of a server.
    func serverAddresses(of name: HostName, _ families: AddressFamilies) throws(LookupProblem) -> FoundAddresses

    /// Whether there is time for another question before the key must be answered.
    var hasTimeLeft: Bool { get }
}
