import Foundation

/// Runs by hand in a mount namespace of their own, where a test changes the host's files as it likes.
struct PrivateHost {
    /// What of /etc a name service reads.
    static let files =
        "resolv.conf hosts host.conf gai.conf nsswitch.conf passwd group services ld.so.cache"

    /// Shell commands that change the host, run as root before the program. /etc is a copy of ``files``.
    var changes = ""
    var scenario = Scenario.cluster
    /// For the program.
    var environment: [String: String] = [:]
    /// The user who runs the program.
    var user = 0

    /// `resolver -c FILE --debug NAME CALLOUT`
    func debug(_ name: String, _ callout: String...) async throws -> Command {
        let host = try TestHost.shared()
        let config = host.directory.appending(path: scenario.configFile).path
        return try await run([host.program, "-c", config, "--debug", name] + callout)
    }

    /// Any command in the same circumstances.
    func run(_ command: [String]) async throws -> Command {
        let preparation = """
            mount -t tmpfs -o mode=755 tmpfs /mnt
            mkdir /mnt/etc
            for file in \(Self.files); do if [ -e /etc/$file ]; then cp -a /etc/$file /mnt/etc; fi; done
            mount --bind /mnt/etc /etc
            \(changes)
            """
        let identity = user == 0 ? [] : ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
        let variables = environment.map { "\($0.key)=\($0.value)" }
        return try await Command.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-euc", preparation + "\nexec \"$@\"", "sh"]
                + identity + ["env"] + variables + command)
    }
}
