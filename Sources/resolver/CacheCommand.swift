import CLinux
import DNSUpcall
import LinuxSystem
import Operation

/// Shows or changes what the kernel and the handlers remember.
enum CacheCommand: Equatable {
    case list(json: Bool)
    /// Makes the kernel forget these names, or all.
    case flush([Bytes])
    case watch
    case metrics

    /// - Parameter option: One of `--list`, `--flush`, `--watch` and `--metrics`.
    init(_ option: CommandLine.Option, _ operands: [Bytes], isJSON: Bool) throws(CommandLine.Misuse) {
        guard !isJSON || option == .list else { throw CommandLine.Misuse(reason: Command.jsonUse) }
        guard operands.isEmpty || option == .flush else {
            throw CommandLine.Misuse(reason: "\(option.name) takes no name and no key")
        }
        switch option {
        case .list: self = .list(json: isJSON)
        case .flush: self = .flush(operands)
        case .watch: self = .watch
        default: self = .metrics
        }
    }

    /// - Returns: Whether it succeeded.
    func run() -> Bool {
        guard geteuid() == 0 else {
            Console.complain(
                "only root sees the keys of the kernel's file systems and the history of upcalls: run this command with"
                    + " sudo")
            return false
        }
        if self == .watch { return WatchCommand.run() }
        let cache: KernelCache
        do throws(Errno) {
            cache = try KernelCache()
        } catch {
            Console.complain(
                "/proc/keys: \(error.text); mount /proc with 'mount -t proc proc /proc', and try again")
            return false
        }
        switch self {
        case .list(let json):
            let list = CacheList(keys: cache.keys, records: Self.history()?.records ?? [])
            return Console.print(json ? list.json : Bytes(list.text.utf8))
        case .flush(let names):
            let flush = CacheFlush(names, in: cache)
            return Console.print(Bytes(flush.report.utf8)) && flush.isComplete
        case .watch, .metrics:
            return Console.print(Bytes(Metrics(history: Self.history(), keys: cache.keys).text.utf8))
        }
    }

    /// Nil if no upcall was answered since the machine was started.
    private static func history() -> UpcallHistory? {
        do throws(Errno) {
            return try UpcallHistory(reading: .standard)
        } catch {
            if error.code != ENOENT {
                let reason = error.code == EPERM ? "from another version, or not root's alone" : error.text
                Console.complain(
                    "\(escaped(UpcallHistory.path)): \(reason); going on without it. The next upcall creates a new one"
                )
            }
            return nil
        }
    }
}
