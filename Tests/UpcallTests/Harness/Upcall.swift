import CKeyutils
import CLinux
import Foundation
import LinuxSystem
import Synchronization

/// The answer to a request like those of the kernel's file systems: request_key(2) for a key of type `dns_resolver`.
struct Upcall {
    /// The key's content. The kernel stores text without the final NUL that it requires.
    let answer: Result<Bytes, Errno>
    /// The key's line in /proc/keys; nil if there is none.
    let key: KeyLine?
    /// How long the requester waited, in seconds.
    let seconds: Double

    /// The answer as text, or the errno's text.
    var outcome: String {
        switch answer {
        case .success(let payload): String(decoding: payload, as: UTF8.self)
        case .failure(let errno): errno.text
        }
    }
    /// The answer's addresses.
    var addresses: [String] { outcome.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    var errno: Errno? { if case .failure(let errno) = answer { errno } else { nil } }

    static func request(_ name: String, callout: String = "") async -> Upcall {
        await request(Bytes(name.utf8), callout: Bytes(callout.utf8))
    }

    /// Requests a key on a separate thread with a new session keyring: it holds no earlier answer, and all its keys are
    /// released when the thread ends.
    static func request(_ description: Bytes, callout: Bytes = []) async -> Upcall {
        await turns.taking {
            await withCheckedContinuation { continuation in
                Thread { continuation.resume(returning: ask(description, callout)) }.start()
            }
        }
    }

    /// Requests names at the same time.
    static func requests(_ names: [String]) async -> [Upcall] {
        await withTaskGroup { group in
            for name in names { group.addTask { await request(name) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Requests names, and holds their keys while `body` runs.
    static func holding(_ names: [String], _ body: () async throws -> Void) async throws {
        let isOver = DispatchSemaphore(value: 0)
        defer { isOver.signal() }
        await withCheckedContinuation { continuation in
            Thread {
                keyctl_join_session_keyring(nil)
                for name in names { _ = ask(Bytes(name.utf8), [], inNewSession: false) }
                continuation.resume()
                isOver.wait()
            }.start()
        }
        try await body()
    }

    /// Runs `body` while no other test has an upcall; it must not call ``request(_:callout:)``.
    static func alone(_ body: () async throws -> Void) async rethrows { try await turns.taking(turns.count, body) }

    /// Requests many names at the same time.
    ///
    /// - Parameters:
    ///   - callers: The number of threads, each of which requests one name after the other.
    ///   - sharingKeys: Whether the threads find each other's keys, like the kernel's file systems.
    static func storm(_ names: [String], callers: Int, sharingKeys: Bool) async -> [Upcall] {
        await withCheckedContinuation { continuation in
            Thread {
                // Threads inherit the session keyring of the thread that starts them.
                keyctl_join_session_keyring(nil)
                let waiting = Mutex(names)
                let upcalls = Mutex<[Upcall]>([])
                let ended = DispatchSemaphore(value: 0)
                for _ in 0..<callers {
                    Thread {
                        while let name = waiting.withLock({ $0.popLast() }) {
                            let upcall = ask(Bytes(name.utf8), [], inNewSession: !sharingKeys)
                            upcalls.withLock { $0.append(upcall) }
                        }
                        ended.signal()
                    }.start()
                }
                for _ in 0..<callers { ended.wait() }
                continuation.resume(returning: upcalls.withLock { $0 })
            }.start()
        }
    }

    private static let turns = Turns(16)

    private static func ask(_ description: Bytes, _ callout: Bytes, inNewSession: Bool = true) -> Upcall {
        if inNewSession { keyctl_join_session_keyring(nil) }
        let start = MonotonicTime.now.microseconds
        let key = Result { () throws(Errno) in
            try checked(
                description.withCString { description in
                    callout.withCString { request_key("dns_resolver", description, $0, KEY_SPEC_SESSION_KEYRING) }
                })
        }
        let seconds = Double(MonotonicTime.now.microseconds - start) / 1e6
        return Upcall(answer: key.flatMap(payload), key: KeyLine.find(description), seconds: seconds)
    }

    private static func payload(of key: key_serial_t) -> Result<Bytes, Errno> {
        var payload = Bytes(repeating: 0, count: 70_000)
        return Result { () throws(Errno) in
            let count = try checked(keyctl_read(key, &payload, payload.count))
            return Bytes(payload.prefix(count))
        }
    }
}

/// A line of /proc/keys.
struct KeyLine {
    /// The key's remaining seconds; nil for a permanent key, 0 for an expired one.
    let secondsLeft: Int?
    let isNegative: Bool

    /// The line of the dns_resolver key with this description.
    static func find(_ description: Bytes) -> KeyLine? {
        guard let keys = try? readKernelFile("/proc/keys") else { return nil }
        let wanted = String(decoding: description, as: UTF8.self)
        for line in keys.split(separator: "\n") {
            // Serial number, flags, usage, time left, permissions, UID, GID, type, description and summary.
            let fields = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true)
            guard fields.count == 9, fields[7] == "dns_resol",
                fields[8].hasPrefix(wanted + ":") || fields[8] == wanted
            else { continue }
            return KeyLine(secondsLeft: seconds(fields[3]), isNegative: fields[1].contains("N"))
        }
        return nil
    }

    /// The keys of type dns_resolver with this description prefix that still wait for an answer.
    static func unanswered(_ prefix: String) throws -> [String] {
        try readKernelFile("/proc/keys").split(separator: "\n").filter { line in
            let fields = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true)
            return fields.count == 9 && fields[7] == "dns_resol" && fields[1].contains("U")
                && fields[8].hasPrefix(prefix)
        }.map(String.init)
    }

    private static func seconds(_ text: Substring) -> Int? {
        if text == "perm" { return nil }
        if text == "expd" { return 0 }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()) else { return nil }
        return count * unit
    }
}

/// All of a file below /proc, of which Foundation reads only one page. Bytes that are not UTF-8, as in hostile keys,
/// are replaced.
func readKernelFile(_ path: String) throws -> String {
    String(decoding: try FileDescriptor.open(Bytes(path.utf8), O_RDONLY).content(limit: 1 << 24), as: UTF8.self)
}
