import CLinux
import LinuxSystem
import Operation

/// `--watch`: shows each upcall as it ends.
enum WatchCommand {
    /// Ends on a signal, or when the reader has gone.
    static func run() -> Bool {
        // The signal mask is inherited: with signals blocked, this would never end.
        unblockSignals()
        linux_ignore_signal(SIGPIPE)
        var watch = UpcallWatch()
        if isatty(STDERR_FILENO) == 1 {
            try? writeAll("Upcalls from now on; Ctrl-C ends this.\n".utf8, to: STDERR_FILENO)
        }
        // Even without events to wait for, poll(2) reports a pipe without a reader.
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        repeat {
            let (records, lost) = watch.look()
            var text = Bytes()
            if lost > 0 { text += "(\(lost) more, too fast to be shown)\n" }
            for record in records { text += record.timedLine + "\n" }
            if !text.isEmpty, !Console.print(text) { return true }
        } while poll(&output, 1, 100) <= 0
        return true
    }
}
