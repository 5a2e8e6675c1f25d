import LinuxSystem

/// The kinds of log lines: docs/messages.md explains what each says, and what to do.
public enum LogMessage: CaseIterable, Sendable {
    /// With `-v`: the answer given.
    case answered
    /// With `-vv`: a step on the way.
    case step
    /// The key was rejected.
    case rejected
    /// An AFS client got a list without servers that says why there are none.
    case noServers
    /// The deadline passed, or a signal killed the handler.
    case cutOff
    /// The kubelet's settings do not say where the cluster's DNS is.
    case noClusterDNS
    /// The system refused the mount namespace, and the lookup went on without one.
    case noNamespace
    /// The request has unknown callout words.
    case calloutIgnored
    /// An AFS cell file has an error.
    case cellFile
    /// The program's own settings have an error.
    case settings
    /// The program was started in a way it does not understand.
    case misuse
    /// Log lines are being, or were, left out.
    case leftOut

    /// The journal field `MESSAGE_ID`: it stays the same when the text changes.
    public var id: StaticString {
        switch self {
        case .answered: "c378d3df041b447da21aa899d259cf9d"
        case .step: "867ebba3596c43029804b6a03c027f90"
        case .rejected: "2158bb400126404398ddaeb2085ba114"
        case .noServers: "d67d7f7c102346fba456d4358cea3170"
        case .cutOff: "40cf176f265044699c9d1e7bab2377ab"
        case .noClusterDNS: "6c3d6b341598408aa6316cfa161c8c5c"
        case .noNamespace: "7bd216fbb11d42c485a36602455bd5aa"
        case .calloutIgnored: "b62eaa26332e40ac8bfea1621ca29895"
        case .cellFile: "192959c271a44302a9da0924f44b2a17"
        case .settings: "fad6e37ffffa4c7aa325d2b6e956c06f"
        case .misuse: "e1b26ce6b82c404697d998f1815f9c3c"
        case .leftOut: "b5eaaf10cb9f4bf9900e8c5ba8a7a56d"
        }
    }

    public var severity: SystemLog.Severity {
        switch self {
        case .answered: .info
        case .step: .debug
        case .cutOff, .misuse: .error
        default: .warning
        }
    }
}
