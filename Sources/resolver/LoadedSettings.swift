import DNSUpcall
import LinuxSystem

/// The settings of the config file, and its problems.
struct LoadedSettings {
    let configuration: Configuration
    /// One line for each, with its place.
    let mistakes: [String]
    /// What is set, but has no effect.
    let notices: [String]

    init(_ options: Command.Options) {
        // Below another root, this host's settings do not apply.
        guard options.root == nil || options.configFile != nil else {
            (configuration, mistakes, notices) = (Configuration(), [], [])
            return
        }
        let path = options.configFile ?? Bytes(Configuration.path)
        let found: [Configuration.Problem]
        (configuration, found) = Configuration.load(path, isOptional: options.configFile == nil)
        let text = { (problem: Configuration.Problem) in
            "\(escaped(path)):\(problem.line.map { "\($0):" } ?? "") \(problem.reason)"
        }
        mistakes = found.filter { $0.isMistake }.map(text)
        notices =
            found.filter { !$0.isMistake }.map(text)
            + (options.hasAFSOptions ? ["the options of kafs-dns, -N, -o and --conf, have no effect"] : [])
    }
}
