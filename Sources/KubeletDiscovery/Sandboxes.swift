import CLinux
import LinuxSystem

/// Asks the resolv.conf files of the Pods on this node, where the kubelet's own settings cannot be found.
///
/// A container can write to its Pod's resolv.conf. So the answer is what more than half of them say.
enum Sandboxes {
    private static let mostEntries = 256
    private static let mostVotes = 32

    static func settings(in tree: borrowing FileTree) -> (SandboxResolvConf, source: String)? {
        for directory in sandboxDirectories {
            if let vote = vote(in: Bytes(directory), of: tree) { return vote }
        }
        return nil
    }

    private static func vote(
        in path: Bytes, of tree: borrowing FileTree
    ) -> (SandboxResolvConf, source: String)? {
        guard let directory = try? tree.open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY) else { return nil }
        var names: [Bytes] = []
        try? directory.forEachEntry { name, _ in
            names.append(Bytes(name))
            return names.count < mostEntries
        }
        var candidates: [(settings: SandboxResolvConf, votes: Int)] = []
        var votes = 0
        for name in names where votes < mostVotes {
            let file = path + Bytes("/") + name + Bytes("/resolv.conf")
            guard let content = try? tree.read(file, limit: 1 << 14),
                let settings = SandboxResolvConf(parsing: content)
            else { continue }
            votes += 1
            if let index = candidates.firstIndex(where: { $0.settings == settings }) {
                candidates[index].votes += 1
            } else {
                candidates.append((settings, 1))
            }
        }
        guard let winner = candidates.first(where: { $0.votes * 2 > votes }) else { return nil }
        return (winner.settings, "resolv.conf of \(winner.votes) of \(votes) Pods in \(escaped(path))")
    }
}
