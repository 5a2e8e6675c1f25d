import DNSUpcall
import LinuxSystem

/// A key whose payload goes to a file as well: `-o` of kafs-dns(8).
struct DumpedKey<Key: AnswerableKey>: AnswerableKey {
    let key: Key
    /// Opened before the privileges to do so are given up; negative where there is none.
    let file: Int32

    func describe() throws(Errno) -> Bytes { try key.describe() }
    func calloutInfo() throws(Errno) -> Bytes { try key.calloutInfo() }
    func setTimeout(seconds: UInt32) throws(Errno) { try key.setTimeout(seconds: seconds) }
    func reject(errno: Errno, seconds: UInt32) throws(Errno) { try key.reject(errno: errno, seconds: seconds) }

    func instantiate(payload: Bytes) throws(Errno) {
        try key.instantiate(payload: payload)
        if file >= 0 { try? writeAll(payload, to: file) }
    }
}
