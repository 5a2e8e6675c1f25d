import CLinux
import DNSUpcall
import LinuxSystem
import Operation

/// Runs what a person or a timer asks for about past upcalls and the kernel's cache.
enum Operator {
    /// - Returns: Whether it could be done.
    static func run(_ operation: Invocation.Operate) -> Bool {
        guard geteuid() == 0 else {
            complain(
                "only root sees the keys of the kernel's file systems and the history of upcalls: run this command with"
                    + " sudo")
            return false
        }
        switch operation {
        case .list(let json): return list(json: json)
        case .flush(let names): return flush(names)
        case .watch: return watch()
        case .metrics: return metrics()
        }
    }

    private static func list(json: Bool) -> Bool {
        guard let cache = kernelCache() else { return false }
        let list = CacheList(keys: cache.keys, records: history()?.records ?? [])
        return print(json ? list.json : Bytes(list.text.utf8))
    }

    private static func flush(_ names: [Bytes]) -> Bool {
        guard let cache = kernelCache() else { return false }
        let flush = CacheFlush(names, in: cache)
        return print(Bytes(flush.report.utf8)) && flush.isComplete
    }

    private static func metrics() -> Bool {
        guard let cache = kernelCache() else { return false }
        return print(Bytes(Metrics(history: history(), keys: cache.keys).text.utf8))
    }

    /// Ends by a signal, or when nobody reads any more.
    private static func watch() -> Bool {
        // A signal mask is inherited, and this would then never end.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        linux_ignore_signal(SIGPIPE)
        var watch = UpcallWatch()
        if isatty(STDERR_FILENO) == 1 {
            try? writeAll("Upcalls from now on; Ctrl-C ends this.\n".utf8, to: STDERR_FILENO)
        }
        // Without events to wait for, it tells of a pipe that nobody reads.
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        repeat {
            let (records, lost) = watch.look()
            var text = Bytes()
            if lost > 0 { text += "(\(lost) more that came too fast to be shown)\n" }
            for record in records { text += record.timedLine + "\n" }
            if !text.isEmpty, !print(text) { return true }
        } while poll(&output, 1, 100) <= 0
        return true
    }

    private static func kernelCache() -> KernelCache? {
        do throws(Errno) {
            return try KernelCache()
        } catch {
            complain("/proc/keys: \(error.text); mount /proc, with 'mount -t proc proc /proc', and try again")
            return nil
        }
    }

    /// Nil where no upcall was answered since the machine was started.
    private static func history() -> UpcallHistory? {
        do throws(Errno) {
            return try UpcallHistory(reading: Bytes(UpcallHistory.path))
        } catch {
            if error.code != ENOENT {
                complain(
                    "\(UpcallHistory.path): \(error.code == EPERM ? "not this version's, or not root's alone" : error.text);"
                        + " going on without it. The next upcall makes a new one")
            }
            return nil
        }
    }

    private static func print(_ text: Bytes) -> Bool {
        do throws(Errno) {
            try writeAll(text, to: STDOUT_FILENO)
            return true
        } catch {
            if error.code != EPIPE { complain("standard output: \(error.text)") }
            return false
        }
    }

    private static func complain(_ text: String) {
        try? writeAll("resolver: \(text)\n".utf8, to: STDERR_FILENO)
    }
}
