import Foundation

/// Runs by hand in a mount namespace of their own, where a test can change any of the host's files.
struct PrivateHost {
    /// The files in /etc that name services read.
    static let files =
        "resolv.conf hosts host.conf gai.conf nsswitch.conf passwd group services ld.so.cache"

    /// Shell commands that change the host, run as root before the program. /etc is a copy of ``files``.
    var changes = ""
    var scenario = Scenario.cluster
    /// The program's environment.
    var environment: [String: String] = [:]
    /// The user who runs the program.
    var user = 0

    /// `resolver -c FILE --debug NAME CALLOUT`
    func debug(_ name: String, _ callout: String...) async throws -> Command {
        let host = try await TestHost.shared()
        let config = host.directory.appending(path: scenario.configFile).path
        return try await run([host.program, "-c", config, "--debug", name] + callout)
    }

    /// Runs any command under the same circumstances.
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
