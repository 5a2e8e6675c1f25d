import CLinux
import LinuxSystem

/// The resolv.conf files of the Pods on this node, for use when the kubelet's own settings cannot be read.
///
/// A container can write to its Pod's resolv.conf, so more than half of the files must agree.
enum Sandboxes {
    private static let mostEntries = 256
    private static let mostVotes = 32
    private static let largestFile = 1 << 14

    /// What most Pods say, and where they said it, for a person to read.
    static func settings(in tree: borrowing FileTree) -> (SandboxResolvConf, origin: String)? {
        for directory in sandboxDirectories {
            if let vote = vote(in: Bytes(directory), of: tree) { return vote }
        }
        return nil
    }

    private static func vote(
        in path: Bytes, of tree: borrowing FileTree
    ) -> (SandboxResolvConf, origin: String)? {
        let settings = files(in: path, of: tree)
        for candidate in settings {
            let votes = settings.count { $0 == candidate }
            guard votes * 2 > settings.count else { continue }
            return (candidate, "resolv.conf of \(votes) of \(settings.count) Pods in \(escaped(path))")
        }
        return nil
    }

    private static func files(in path: Bytes, of tree: borrowing FileTree) -> [SandboxResolvConf] {
        guard let directory = try? tree.open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY) else { return [] }
        var names: [Bytes] = []
        try? directory.forEachEntry { name, _ in
            names.append(Bytes(name))
            return names.count < mostEntries
        }
        var files: [SandboxResolvConf] = []
        for name in names where files.count < mostVotes {
            let file = path + Bytes("/") + name + Bytes("/resolv.conf")
            guard let content = try? tree.read(file, limit: largestFile),
                let settings = SandboxResolvConf(parsing: content)
            else { continue }
            files.append(settings)
        }
        return files
    }
}
