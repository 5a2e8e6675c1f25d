import CLinux
import LinuxSystem

/// What one upcall leaves for the next ones, each of which is a new process: the answer from the running kubelet's
/// settings, or its process, or that there is no kubelet.
///
/// Only root can write the file, and its content is checked. An answer is valid while the same process runs and the
/// files it came from are unchanged. A process must pass all checks again. The absence of a kubelet is valid for
/// half a minute, and only for the processes that existed at that time.
struct DiscoveryMemory {
    enum Content: Equatable {
        case answer(RememberedAnswer)
        case process(ProcessIdentity)
        /// - Parameter lastPID: Processes with a higher id have not been examined.
        case nothing(lastPID: Int)
    }

    private static let file: StaticString = "kubelet"
    /// In bytes.
    private static let largestFile = 1 << 15
    /// How long the absence of a kubelet is remembered.
    static let absence = Duration.seconds(30)

    /// What an earlier upcall left.
    let content: Content?

    /// Reads the file.
    init() {
        if let tree = try? FileTree(root: Bytes("/")),
            let text = try? tree.read(StateDirectory.standard.path(of: Self.file), limit: Self.largestFile)
        {
            content = Self.parse(text, now: .now, pid: Int(getpid()))
        } else {
            content = nil
        }
    }

    /// Replaces the file if there is something new. Without privileges this does nothing.
    func remember(_ new: Content) {
        // The time of an absence is that of the whole search. A later one has examined new processes only.
        if case .nothing = content, case .nothing = new { return }
        guard new != content else { return }
        let text = Self.text(new, now: .now)
        guard text.count <= Self.largestFile else { return }
        try? StateDirectory.standard.replace(Self.file) { (file) throws(Errno) in try file.write(text) }
    }

    /// One fact on each line. The first is one of:
    ///
    ///     process PID START_TIME
    ///     unit PID START_TIME
    ///     nothing LAST_PID MICROSECONDS
    ///
    /// `unit` is a process in a kubelet's control group, and the microseconds are the time of the search on the
    /// monotonic clock. The facts of an answer follow: ``RememberedAnswer/lines``.
    static func text(_ content: Content, now: MonotonicTime) -> Bytes {
        switch content {
        case .answer(let answer):
            let keyword = answer.isInControlGroup ? "unit" : "process"
            return Bytes("\(keyword) \(answer.process.pid) \(answer.process.startTime)\n".utf8) + answer.lines
        case .process(let process): return Bytes("process \(process.pid) \(process.startTime)\n".utf8)
        case .nothing(let lastPID): return Bytes("nothing \(lastPID) \(now.microseconds)\n".utf8)
        }
    }

    /// - Parameter pid: This process's id. The kernel assigns ids in ascending order, so an id below that of the
    ///   earlier upcall shows that they have wrapped around.
    static func parse(_ text: Bytes, now: MonotonicTime, pid: Int) -> Content? {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard lines.popLast()?.isEmpty == true, let first = lines.popFirst() else { return nil }
        let words = first.split { $0.isSpace }
        guard let keyword = words.first, let numbers = decimals(words.dropFirst()), numbers.count == 2 else {
            return nil
        }
        if keyword.equals("nothing") {
            let age = now - MonotonicTime(microseconds: numbers[1])
            guard lines.isEmpty, numbers[0] <= pid, age >= .zero, age < absence else { return nil }
            return .nothing(lastPID: numbers[0])
        }
        let process = ProcessIdentity(pid: numbers[0], startTime: numbers[1])
        let isInControlGroup = keyword.equals("unit")
        guard isInControlGroup || keyword.equals("process") else { return nil }
        if !isInControlGroup, lines.isEmpty { return .process(process) }
        return RememberedAnswer(process: process, isInControlGroup: isInControlGroup, lines: lines)
            .map { .answer($0) }
    }
}
