import DNS
import KubeletDiscovery
import LinuxSystem

/// An option of the config file.
public enum ConfigOption: Int, CaseIterable, Sendable {
    case defaultTTL, minTTL, maxTTL, negativeTTL, temporaryTTL
    case deadline, logBurst
    case isolation
    case preferredFamily, addressChoice
    case kubeletConfig, clusterDNS, clusterDomain

    /// The option's name in the file.
    public var name: StaticString {
        switch self {
        case .defaultTTL: "default_ttl"
        case .minTTL: "min_ttl"
        case .maxTTL: "max_ttl"
        case .negativeTTL: "negative_ttl"
        case .temporaryTTL: "temporary_ttl"
        case .deadline: "deadline"
        case .logBurst: "log_burst"
        case .isolation: "isolation"
        case .preferredFamily: "preferred_family"
        case .addressChoice: "address_choice"
        case .kubeletConfig: "kubelet_config"
        case .clusterDNS: "cluster_dns"
        case .clusterDomain: "cluster_domain"
        }
    }

    init?(name: Bytes) {
        guard let option = Self.allCases.first(where: { name.equals($0.name) }) else { return nil }
        self = option
    }

    /// Why an option of an earlier version no longer has an effect; nil for any other option.
    static func removed(_ name: Bytes) -> String? {
        name.equals("serve_stale")
            ? "no longer an option: a client that gets an error keeps its old address by itself" : nil
    }
}

extension Configuration {
    /// Sets an option to the meaning of its value in the file.
    ///
    /// - Throws: What the value should have been.
    mutating func set(_ option: ConfigOption, to value: Bytes) throws(ValueProblem) {
        switch option {
        case .defaultTTL: lifetimes.defaultTTL = try seconds(value, atMost: Int(Int32.max))
        case .minTTL: lifetimes.minTTL = try seconds(value, atMost: 86_400)
        case .maxTTL: lifetimes.maxTTL = try seconds(value, atMost: 86_400)
        case .negativeTTL: lifetimes.negativeTTL = try seconds(value, atMost: 10)
        case .temporaryTTL: lifetimes.temporaryTTL = try seconds(value, atMost: 10)
        case .logBurst:
            guard let lines = decimal(value, atMost: 1_000_000), lines > 0 else {
                throw ValueProblem(expected: "a number of lines from 1 to 1000000")
            }
            logBurst = lines
        case .deadline: deadline = .seconds(try seconds(value, atMost: 60))
        case .isolation: isolation = try word(value, ("process", .process), ("namespace", .namespace))
        case .preferredFamily: choice.family = try word(value, ("ipv4", .ipv4), ("ipv6", .ipv6))
        case .addressChoice: choice.order = try word(value, ("stable", .stable), ("resolver", .resolver))
        case .kubeletConfig:
            guard value.first == UInt8(ascii: "/") else { throw ValueProblem(expected: "an absolute path") }
            discovery.kubeletConfig = value
        case .clusterDNS:
            let words = value.split { $0.isSpace || $0 == UInt8(ascii: ",") }
            let addresses = words.compactMap { IPAddress($0) }
            guard !words.isEmpty, addresses.count == words.count else {
                throw ValueProblem(expected: "a list of IP addresses")
            }
            discovery.clusterDNS = Array(addresses.prefix(3))
        case .clusterDomain:
            guard let name = try? HostName(validating: value) else { throw ValueProblem(expected: "a domain name") }
            discovery.clusterDomain = name.bytes.lowercased
        }
    }

    struct ValueProblem: Error {
        let expected: String
    }

    private func seconds(_ value: Bytes, atMost limit: Int) throws(ValueProblem) -> UInt32 {
        guard let seconds = decimal(value, atMost: limit), seconds > 0 else {
            throw ValueProblem(expected: "a number of seconds from 1 to \(limit)")
        }
        return UInt32(seconds)
    }

    private func word<Meaning>(
        _ value: Bytes, _ first: (StaticString, Meaning), _ second: (StaticString, Meaning)
    ) throws(ValueProblem) -> Meaning {
        if value.equals(first.0) { return first.1 }
        if value.equals(second.0) { return second.1 }
        throw ValueProblem(expected: "'\(first.0)' or '\(second.0)'")
    }

    /// The value in force, as it would be written in the file; empty if nothing is set.
    public func value(of option: ConfigOption) -> String {
        switch option {
        case .defaultTTL: "\(lifetimes.defaultTTL)"
        case .minTTL: "\(lifetimes.minTTL)"
        case .maxTTL: "\(lifetimes.maxTTL)"
        case .negativeTTL: "\(lifetimes.negativeTTL)"
        case .temporaryTTL: "\(lifetimes.temporaryTTL)"
        case .deadline: "\(deadline.components.seconds)"
        case .logBurst: "\(logBurst)"
        case .isolation: isolation == .namespace ? "namespace" : "process"
        case .preferredFamily: choice.family == .ipv4 ? "ipv4" : "ipv6"
        case .addressChoice: choice.order == .stable ? "stable" : "resolver"
        case .kubeletConfig: escaped(discovery.kubeletConfig ?? [], limit: 4096)
        case .clusterDNS: discovery.clusterDNS.text
        case .clusterDomain: escaped(discovery.clusterDomain ?? [])
        }
    }
}
