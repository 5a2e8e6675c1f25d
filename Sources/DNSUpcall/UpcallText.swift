import LinuxSystem

/// A time in milliseconds with three decimals: `1.234 ms`.
public func milliseconds(_ microseconds: Int) -> String {
    let fraction = "\(1000 + microseconds % 1000)"
    return "\(microseconds / 1000).\(String(decoding: fraction.utf8.dropFirst(), as: UTF8.self)) ms"
}

extension View {
    public var text: String {
        switch self {
        case .host: "host"
        case .cluster: "cluster"
        }
    }
}

extension Payload {
    /// The text that it carries, or of a binary list the size.
    var text: String {
        isText ? escaped(bytes.dropLast()) : "a server list of \(bytes.count) bytes"
    }
}

extension RecordReport {
    /// The question, what it gave, and the time it took.
    public var text: String {
        var text = "\(escaped(name.bytes)) (\(type == .srv ? "SRV" : "AFSDB")) from DNS: "
        switch result {
        case .success(let message): text += "\(message.answers.count) records"
        case .failure(let problem): text += problem.text
        }
        return "\(text), \(milliseconds(microseconds))"
    }
}

extension VLServerList.Status {
    /// The name in linux/dns_resolver.h, shortened.
    public var text: String {
        switch self {
        case .notDone: "not done"
        case .good: "good"
        case .goodWithBad: "good with bad"
        case .bad: "bad"
        case .notFound: "not found"
        case .localFailure: "local failure"
        case .temporaryFailure: "temporary failure"
        case .nameServerFailure: "name server failure"
        }
    }
}

extension VLServerList.Source {
    public var text: String {
        switch self {
        case .unavailable: "nowhere"
        case .configuration: "the configuration"
        case .afsdb: "AFSDB"
        case .srv: "SRV"
        case .nss: "the name services"
        }
    }
}

extension LookupReport {
    /// The call, what it gave, and the time it took.
    public var text: String {
        let asked: StaticString =
            switch question.service {
            case .configured: "the host's services"
            case .files: "/etc/hosts"
            case .dns: "DNS"
            }
        let wanted: StaticString =
            switch question.families {
            case .ipv4: "IPv4"
            case .ipv6: "IPv6"
            case .both: "IPv4 and IPv6"
            }
        var text = "\(escaped(question.name)) (\(wanted)) from \(asked): "
        switch result {
        case .success(let answer):
            text += "\(answer.addresses.count) found"
            if let ttl = answer.ttl { text += ", TTL \(ttl) s" }
        case .failure(let problem):
            text += problem.text
        }
        return "\(text), \(milliseconds(microseconds))"
    }
}
