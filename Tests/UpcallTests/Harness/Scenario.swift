import Foundation
import Synchronization

/// A way to register and configure the program. The first label of a requested name selects it, so that tests of
/// different scenarios run in parallel, and nobody else's keys are touched.
enum Scenario: String, CaseIterable {
    /// One server that answers.
    case cluster
    case ipv6Server
    case firstRefused, firstSilent
    /// Any server fault, one after the other.
    case faultyServer
    case silent, silentTwice, refused, refusing, garbage
    /// A cluster with an unusual domain.
    case otherDomain
    /// Without any settings of a kubelet.
    case noKubelet
    /// A host with only some of its processes, among which the kubelet is searched for each time: see
    /// ``NodeProcesses``.
    case searched, searchedShort
    /// A host with an automounter on /home that never answers.
    case automounted
    /// Servers and domain from the program's own config file.
    case overridden
    case ownLifetimes, shortDeadline
    /// In a mount namespace.
    case inNamespace
    case badConfig, missingConfig, missingKubeletConfig
    case usageError
    /// A rule with options of kafs-dns, and one whose config file has an option of an earlier version.
    case afsOptions, removedOption
    case verbose
    /// Handlers that are examined while they wait, and one that somebody tries to stop.
    case observed, observedInNamespace, stopped
    /// A server whose long answers never arrive, and one without EDNS.
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
    /// Nothing answers.
    case unanswered, hanging
    /// Many requests at once.
    case storm, slowStorm, refusedStorm, silentStorm
    /// Hosts on which something is missing or full: see ``circumstances(startingWith:on:)``.
    case readOnly, diskFull, noProc, noLog, fullLog, fewFiles, littleMemory, noMemory, closedStreams
    case noCapability, noPropagation, danglingResolvConf
    /// The handler's process ends some time after its answer.
    case lateEnd
    /// The programs that ours replaces.
    case keyDNSResolver, kafsDNS
    /// Upcalls in the list, history and metrics, with a history to which storms do not write: lasting answers, an
    /// upcall that waits, one that is late, and failures.
    case operation, operationWaiting, operationLate, failedBefore
    /// The log is limited, or goes to the journal.
    case limitedLog, journal
    /// Another process with the authority over the key changes it.
    case instantiatedElsewhere, rejectedElsewhere, revokedElsewhere, invalidatedElsewhere, expiredElsewhere

    /// A name in this scenario, below a domain, that no test has requested yet.
    func name(_ domain: String = "v4.svc.cluster.local") -> String {
        "\(prefix)\(Self.count.add(1, ordering: .relaxed).newValue).\(domain)"
    }

    private static let count = Atomic(0)

    /// The beginning of all names in this scenario.
    var prefix: String { "upcall-\(rawValue.lowercased())-" }

    var configFile: String { "config/\(rawValue).conf" }
    var kubeletFile: String { "kubelet/\(rawValue).yaml" }
    /// If it exists, the host is intact again.
    var repairedFile: String { "repaired/\(rawValue)" }
    /// The directory that replaces /run/resolver, if the scenario has its own.
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
        case .storm: ["127.0.0.178"]
        case .slowStorm: ["127.0.0.179"]
        case .refusedStorm, .lateEnd, .limitedLog: ["127.0.0.190"]
        // For at least six seconds, however busy the machine.
        case .observed, .observedInNamespace: Array(repeating: "127.0.0.192", count: 3)
        case .replaced: Array(repeating: "127.0.0.163", count: 3)
        case _ where isWaited: ["127.0.0.162"]
        default: ["127.0.0.180"]
        }
    }

    /// Whether a test looks for the handler while it waits.
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

    /// The kubelet's configuration file; nil if there is none.
    private var kubeletConfiguration: String? {
        switch self {
        case .noKubelet, .searched, .searchedShort, .automounted, .overridden, .missingKubeletConfig: nil
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
        // All tests share the log budget.
        let log = "log_burst = \(self == .limitedLog ? Self.logBurst : 1_000_000)\n"
        let isolation = isInNamespace ? "isolation = namespace\n" : ""
        let kubelet = "kubelet_config = \(kubeletPath)\n" + log + isolation
        return switch self {
        case .noKubelet, .searched, .automounted: log
        case .searchedShort: log + "deadline = 1\n"
        case .overridden: log + "cluster_dns = 127.0.0.180\ncluster_domain = k8s.test\n"
        case .ownLifetimes: kubelet + "default_ttl = 40\nmax_ttl = 20\n"
        case .shortDeadline, .operationLate: kubelet + "deadline = 1\n"
        case .operation:
            kubelet + "min_ttl = 600\nmax_ttl = 600\ndefault_ttl = 600\nnegative_ttl = 10\n"
        case .badConfig: kubelet + "default_ttl = soon\n"
        case .removedOption: kubelet + "serve_stale = 60\n"
        case .missingConfig: nil
        case _ where isWaited: kubelet + "deadline = 60\n"
        default: kubelet
        }
    }

    /// The program's path: a separate file if a test replaces it.
    func program(on host: TestHost) -> String { self == .replaced ? host.program + "-replaced" : host.program }

    /// Writes the scenario's files and its rules for /sbin/request-key.
    func install(on host: TestHost) throws {
        let kubeletPath = host.directory.appending(path: kubeletFile).path
        let configPath = host.directory.appending(path: configFile).path
        if let kubeletConfiguration { try host.write(kubeletConfiguration, to: kubeletFile) }
        if let configuration = configuration(kubeletPath: kubeletPath) {
            try host.write(configuration, to: configFile)
        }

        let option =
            switch self {
            case .usageError: "--no-such-option"
            case .afsOptions: "-N vls-srv --no=vl-host -o \(host.directory.appending(path: "payload").path)"
            case .verbose: "-v -v"
            default: ""
            }
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
