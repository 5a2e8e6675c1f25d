import CLinux
import LinuxSystem

/// What a look at every process found, kept for the next upcalls, each of which is a new process: a look costs some
/// microseconds for each process of the machine.
///
/// Nothing in it is believed. A process number says where to look first, and the process there has to pass every
/// check; that there is no kubelet holds for half a minute. So the worst that old or forged content does is to
/// hide, for that long, a kubelet that no control group and no well-known file gives away.
struct ScanMemory {
    enum Content: Equatable {
        case process(pid: Int, startTime: Int)
        case nothing
    }

    private static let directory = Bytes("/run/resolver")
    private static let file = Bytes("/run/resolver/kubelet")
    /// How long the absence of a kubelet is remembered, in seconds.
    static let absence = 30

    /// What is remembered and still holds.
    func recall() -> Content? {
        guard let tree = try? FileTree(root: Bytes("/")),
            let content = try? tree.read(Self.file, limit: 256)
        else { return nil }
        return Self.parse(content, now: monotonicMicroseconds() / 1_000_000)
    }

    /// Replaces what was remembered. Without privileges, or without a place to write to, nothing is.
    func remember(_ content: Content) {
        guard geteuid() == 0 else { return }
        let temporary = Self.file + Bytes(".\(getpid())".utf8)
        _ = Self.directory.withCString { mkdir($0, 0o755) }
        do throws(Errno) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            try FileDescriptor.open(temporary, flags, mode: 0o600)
                .write(Self.text(content, now: monotonicMicroseconds() / 1_000_000))
            _ = temporary.withCString { from in Self.file.withCString { rename(from, $0) } }
        } catch {
            _ = temporary.withCString { unlink($0) }
        }
    }

    /// `process PID START`, with the start in clock ticks since boot, or `nothing SECONDS`, with the time of the
    /// look on the monotonic clock.
    static func text(_ content: Content, now: Int) -> Bytes {
        switch content {
        case .process(let pid, let startTime): Bytes("process \(pid) \(startTime)\n".utf8)
        case .nothing: Bytes("nothing \(now)\n".utf8)
        }
    }

    static func parse(_ text: Bytes, now: Int) -> Content? {
        let words = words(text)
        let numbers = words.dropFirst().map { decimal($0, atMost: .max / 16) }
        guard let keyword = words.first, !numbers.contains(where: { $0 == nil }) else { return nil }
        if keyword.equals("process"), numbers.count == 2, let pid = numbers[0], let startTime = numbers[1] {
            return .process(pid: pid, startTime: startTime)
        }
        if keyword.equals("nothing"), numbers.count == 1, let then = numbers[0], then <= now, now - then < absence {
            return .nothing
        }
        return nil
    }
}
