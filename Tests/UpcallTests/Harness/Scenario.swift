import Foundation
import Synchronization

/// A way in which the program is registered and configured. The first label of a requested name chooses it, so that
/// tests of different scenarios run side by side, and the keys of nobody else are touched.
enum Scenario: String, CaseIterable {
    /// One server that answers.
    case cluster
    case ipv6Server
    case firstRefused, firstSilent
    /// Any fault of a server, one after the other.
    case faultyServer
    case silent, silentTwice, refused, refusing, garbage
    /// A cluster whose domain is not the usual one.
    case otherDomain
    /// No setting of a kubelet.
    case noKubelet
    /// Servers and domain from the program's own file.
    case overridden
    case ownLifetimes, shortDeadline
    /// In a mount namespace.
    case inNamespace
    case badConfig, missingConfig, missingKubeletConfig
    case usageError
    case verbose
    /// Looked at while it waits, and one that somebody tries to stop.
    case observed, observedInNamespace, stopped
    /// A server whose long answers never come.
    case truncated, withoutEDNS
    /// Each ended by a signal while it waits.
    case endedBySIGSEGV, endedBySIGTERM, endedBySIGUSR1, endedBySIGABRT, endedBySIGQUIT, endedInNamespace, killed
    /// Servers that fail as real ones do.
    case slow, slower, tooSlow, muchTooSlow, wrongIdentifiers, halfOpenTCP, aliasLoop, longTCP, vanishing,
        recovering
    /// A kubelet's configuration file that is damaged and repaired.
    case damagedKubeletConfig, replacedKubeletConfig
    /// The program's file is replaced.
    case replaced
    /// A server that knows nothing of the cluster.
    case wrongClusterDNS
    /// Something else answers, or nothing does.
    case unanswered, hanging
    /// Many requests at once.
    case storm, slowStorm, refusedStorm, silentStorm
    /// Hosts on which something is missing or full: see ``circumstances(startingWith:logAt:)``.
    case readOnly, diskFull, noProc, noLog, fullLog, fewFiles, littleMemory, noMemory, closedStreams
    case noCapability, noPropagation, danglingResolvConf
    /// The last good answers are kept, in a place of the scenario's own.
    case stale, staleDeadline, staleRefused, staleReadOnly
    /// The handler's process ends some time after it has answered.
    case lateEnd
    /// The programs whose place ours takes.
    case keyDNSResolver, kafsDNS
    /// What is seen of upcalls afterwards, with a history that storms do not write to: answers that stay, an upcall that
    /// waits, one that is cut off, and failures.
    case operation, operationWaiting, operationLate, failedBefore
    /// The log's lines are limited; they go to the journal.
    case limitedLog, journal
    /// Somebody else with the authority over the key does something to it.
    case instantiatedElsewhere, rejectedElsewhere, revokedElsewhere, invalidatedElsewhere, expiredElsewhere

    /// A name in this scenario that no test has asked for. With a subdomain it lies below that.
    func name(_ domain: String = "v4.svc.cluster.local") -> String {
        "\(prefix)\(Self.count.add(1, ordering: .relaxed).newValue).\(domain)"
    }

    private static let count = Atomic(0)

    /// The beginning of all names in this scenario.
    var prefix: String { "upcall-\(rawValue.lowercased())-" }

    var configFile: String { "config/\(rawValue).conf" }
    var kubeletFile: String { "kubelet/\(rawValue).yaml" }
    /// Where it exists, the host is sound again.
    var repairedFile: String { "repaired/\(rawValue)" }
    /// What stands in the place of /run/resolver, where the scenario has one of its own.
    var stateDirectory: String { "state/\(self == .operationLate ? .operation : self)" }

    private var servers: [String] {
        switch self {
        case .ipv6Server: ["::1"]
        case .firstRefused: ["127.0.0.190", "127.0.0.180", "::1"]
        case .firstSilent: ["127.0.0.192", "127.0.0.180", "::1"]
        case .faultyServer: ["127.0.0.164"]
        case .silent, .shortDeadline, .operationLate, .silentStorm: ["127.0.0.192"]
        case .silentTwice: ["127.0.0.192", "127.0.0.192"]
        case .refused: ["127.0.0.190", "127.0.0.191"]
        case .refusing: ["127.0.0.194"]
        case .garbage: ["127.0.0.193"]
        case .truncated: ["127.0.0.195"]
        case .withoutEDNS: ["127.0.0.198"]
        case .slow: ["127.0.0.170"]
        case .slower, .instantiatedElsewhere, .rejectedElsewhere, .revokedElsewhere, .invalidatedElsewhere,
            .expiredElsewhere:
            ["127.0.0.169"]
        case .tooSlow: ["127.0.0.171"]
        case .muchTooSlow: ["127.0.0.165"]
        case .wrongIdentifiers: ["127.0.0.172"]
        case .halfOpenTCP: ["127.0.0.173"]
        case .aliasLoop: ["127.0.0.174"]
        case .wrongClusterDNS: [TestHost.hostServer]
        case .longTCP: ["127.0.0.175"]
        case .vanishing: ["127.0.0.176"]
        case .recovering: ["127.0.0.177"]
        case .stale: ["127.0.0.168"]
        case .staleDeadline: ["127.0.0.167"]
        case .staleRefused: ["127.0.0.166"]
        case .storm: ["127.0.0.178"]
        case .slowStorm: ["127.0.0.179"]
        case .refusedStorm, .lateEnd, .limitedLog: ["127.0.0.190"]
        case _ where isWaited: Array(repeating: self == .replaced ? "127.0.0.163" : "127.0.0.192", count: 3)
        default: ["127.0.0.180"]
        }
    }

    /// Whether a test looks for the handler while it waits: that is for six seconds at least, however busy the machine.
    private var isWaited: Bool {
        switch self {
        case .observed, .observedInNamespace, .endedInNamespace, .stopped, .killed, .replaced, .operationWaiting,
            .endedBySIGSEGV, .endedBySIGTERM, .endedBySIGUSR1, .endedBySIGABRT, .endedBySIGQUIT:
            true
        default: false
        }
    }

    /// Whether the handler has a mount namespace of its own, or tries to.
    private var isInNamespace: Bool {
        switch self {
        case .inNamespace, .observedInNamespace, .endedBySIGQUIT, .endedInNamespace, .noCapability, .noPropagation:
            true
        default: false
        }
    }

    /// The kubelet's configuration file, nil where there is none.
    private var kubeletConfiguration: String? {
        switch self {
        case .noKubelet, .overridden, .missingKubeletConfig: nil
        default:
            """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            clusterDNS:
            \(servers.map { "- \"\($0)\"" }.joined(separator: "\n"))
            clusterDomain: \(self == .otherDomain || self == .wrongClusterDNS ? "k8s.test." : "cluster.local")

            """
        }
    }

    private func configuration(kubeletPath: String) -> String? {
        // All tests share the log's budget.
        let log = "log_burst = \(self == .limitedLog ? Self.logBurst : 1_000_000)\n"
        let isolation = isInNamespace ? "isolation = namespace\n" : ""
        let kubelet = "kubelet_config = \(kubeletPath)\n" + log + isolation
        return switch self {
        case .noKubelet: log
        case .overridden: log + "cluster_dns = 127.0.0.180\ncluster_domain = k8s.test\n"
        case .ownLifetimes: kubelet + "default_ttl = 40\nmax_ttl = 20\n"
        case .shortDeadline, .operationLate: kubelet + "deadline = 1\n"
        case .operation:
            kubelet + "min_ttl = 600\nmax_ttl = 600\ndefault_ttl = 600\nnegative_ttl = 10\n"
        case .stale, .staleRefused, .staleReadOnly: kubelet + "serve_stale = 60\ndeadline = 30\n"
        case .staleDeadline: kubelet + "serve_stale = 60\ndeadline = 1\n"
        case .badConfig: kubelet + "default_ttl = soon\n"
        case .missingConfig: nil
        case _ where isWaited: kubelet + "deadline = 60\n"
        default: kubelet
        }
    }

    /// The program's path: a file of its own where a test replaces it.
    func program(on host: TestHost) -> String { self == .replaced ? host.program + "-replaced" : host.program }

    /// Writes the scenario's files and its rules for /sbin/request-key.
    func install(on host: TestHost) throws {
        let kubeletPath = host.directory.appending(path: kubeletFile).path
        let configPath = host.directory.appending(path: configFile).path
        if let kubeletConfiguration { try host.write(kubeletConfiguration, to: kubeletFile) }
        if let configuration = configuration(kubeletPath: kubeletPath) {
            try host.write(configuration, to: configFile)
        }

        let option = self == .usageError ? "--no-such-option" : self == .verbose ? "-v -v" : ""
        let program = program(on: host)
        if program != host.program { try FileManager.default.copyItem(atPath: host.program, toPath: program) }
        var command = "\(program) \(option) -c \(configPath) %k"
        if let circumstances = circumstances(startingWith: "\(program) \(option) -c \(configPath) $1", on: host) {
            let repaired = host.directory.appending(path: repairedFile).path
            let script = try host.write(
                "if [ -e \(repaired) ]; then exec \(program) -c \(configPath) $1; fi\n\(circumstances)\n",
                to: "circumstances/\(rawValue).sh")
            command = "/usr/bin/unshare --mount --propagation private /bin/sh -eu \(script) %k"
        }
        switch self {
        case .keyDNSResolver: command = "/sbin/key.dns_resolver %k"
        case .kafsDNS:
            // It does nothing without a configured cell.
            let cells = try host.write(
                "[cells]\nc.test = {\nservers = {\ns = {\naddress = 10.9.0.1\n}\n}\n}\n", to: "cells.conf")
            command =
                "/usr/bin/env LD_LIBRARY_PATH=\(host.kafs)/usr/lib \(host.kafs)/usr/libexec/kafs-dns -c \(cells) %k"
        default: break
        }
        let queryTypes = ["", "a:", "aaaa:", "afsdb:", "ns:", "x:"]
        let patterns = queryTypes.map { "\($0)\(prefix)*" } + [prefix.uppercased() + "*"]
        try host.write(
            patterns.map { "create dns_resolver \($0) * \(command)\n" }.joined(),
            to: "request-key.d/\(prefix)tests.conf")
    }
}
