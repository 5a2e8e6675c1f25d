import CLinux
import LinuxSystem

/// Why the last good answers are not kept.
public struct LastAnswersProblem: Error, Sendable {
    public let text: String

    public init(_ path: Bytes, _ reason: String) {
        text = "\(escaped(path)): \(reason)"
    }
}

/// Where the last good answer to a question is kept, for `serve_stale`: RFC 8767.
///
/// One file holds those to all questions. It has 64 pages, of which the name's hash chooses one, and a page has room for
/// eight records; a new one takes the place of the oldest. The file is opened and the page read while the process is
/// still root; to write a record, the open file is enough. What several handlers write at the same time is torn at
/// worst, and then does not count.
public final class LastAnswers {
    public static let path: StaticString = "/run/resolver/answers"
    private static let pageSize = 4096
    private static let pageCount = 64

    private let file: FileDescriptor
    /// In small letters.
    private let name: Bytes
    private let families: Request.Families
    /// The page's place in the file.
    private let start: Int
    /// Nil where there is no whole record.
    private var records: [LastAnswer?]

    /// Opens the file, which nobody but this user may read or write, or makes it.
    public init(for name: HostName, _ families: Request.Families, in path: Bytes) throws(LastAnswersProblem) {
        self.name = name.bytes.lowercased
        self.families = families
        start = Int(checksum(self.name) % UInt64(Self.pageCount)) * Self.pageSize
        do throws(Errno) {
            file = try Self.open(path)
            let status = try file.status()
            guard status.isRegularFile, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
                throw Errno(EPERM)
            }
            let page = try file.content(at: start, limit: Self.pageSize)
            records = stride(from: 0, to: Self.pageSize, by: LastAnswer.size).map {
                LastAnswer(record: page.dropFirst($0).prefix(LastAnswer.size))
            }
        } catch {
            throw LastAnswersProblem(path, error.code == EPERM ? "not a file of root's alone" : error.text)
        }
    }

    private static func open(_ path: Bytes) throws(Errno) -> FileDescriptor {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        do throws(Errno) {
            return try FileDescriptor.open(path, flags, mode: 0o600)
        } catch .init(ENOENT) {
            let end = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
            _ = Bytes(path[..<end]).withCString { mkdir($0, 0o755) }
            return try FileDescriptor.open(path, flags, mode: 0o600)
        }
    }

    /// The last answer, and how many seconds old it is.
    func recall(now: Moment = .now) -> (address: IPAddress, age: Int)? {
        guard let index = ownIndex, let record = records[index],
            let age = now.seconds(since: record.time)
        else { return nil }
        return (record.address, age)
    }

    /// Keeps an answer in the place of the last one.
    func keep(_ address: IPAddress, now: Moment = .now) {
        guard address.scope == 0 else { return }
        let record = LastAnswer(name: name, families: families, address: address, time: now)
        write(record, at: ownIndex ?? indexOfRoom)
    }

    /// Drops the answers, to all questions for the name, whose addresses the name does not have any more.
    func forget(where isGone: (IPAddress) -> Bool) {
        for (index, record) in records.enumerated() {
            if let record, record.name == name, isGone(record.address) { write(nil, at: index) }
        }
    }

    private var ownIndex: Int? {
        records.firstIndex { $0.map { $0.name == name && $0.families == families } ?? false }
    }

    private var indexOfRoom: Int {
        if let empty = records.firstIndex(where: { $0 == nil }) { return empty }
        return records.indices.min { records[$0]!.time.sinceEpoch < records[$1]!.time.sinceEpoch } ?? 0
    }

    private func write(_ record: LastAnswer?, at index: Int) {
        records[index] = record
        let bytes = record?.record ?? Bytes(repeating: 0, count: LastAnswer.size)
        file.write(bytes, at: start + index * LastAnswer.size)
    }
}
