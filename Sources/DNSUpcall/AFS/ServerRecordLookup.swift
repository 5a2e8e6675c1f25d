import LinuxSystem

/// What the search for a cell's servers asks of the network; tests answer in its place.
protocol ServerRecordLookup {
    /// The answer of DNS to one question; of the name as it is, without a search list.
    ///
    /// - Throws: Also for an answer without any records.
    mutating func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage

    /// The addresses of a server.
    mutating func serverAddresses(of name: HostName, _ families: Request.Families) throws(LookupProblem) -> Answer

    /// Whether there is time for another question before the key has to be answered.
    var hasTimeLeft: Bool { get }
}
