import DNS
import LinuxSystem

/// Looks up records other than addresses, in the view that the process is in; tests provide their own answers.
public protocol RecordResolver {
    /// The answer from DNS to one question about a name as is, without a search list.
    ///
    /// - Throws: Also if the answer contains no records.
    func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage
}

extension GlibcResolver: RecordResolver {
    public func records(of name: HostName, _ type: DNSRecordType) throws(LookupProblem) -> DNSMessage {
        try RecordQuery.ask(name, type)
    }
}

/// One question for records, and its result.
public struct RecordReport: Sendable {
    public let name: HostName
    public let type: DNSRecordType
    public let time: Duration
    public let result: Result<DNSMessage, LookupProblem>

    public var text: String {
        var text = "\(escaped(name.bytes)) (\(type == .srv ? "SRV" : "AFSDB")) from DNS: "
        switch result {
        case .success(let message): text += "\(message.answers.count) records"
        case .failure(let problem): text += problem.text
        }
        return "\(text), \(time.text)"
    }
}
