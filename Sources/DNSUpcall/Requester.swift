import CLinux
import LinuxSystem

/// Who asks for a key, as the kernel shows it in `/proc/keys`: the process whose request is being answered. For a file
/// system's request that may be a thread of the kernel's.
public struct Requester: Equatable, Sendable {
    public let process: Int
    /// The name of the process, which it may have chosen itself; empty if it is gone.
    public let command: Bytes

    /// Finds who waits for a key. The kernel's line for it goes when the key is answered.
    static func find(waitingFor key: Int32) -> Requester? {
        guard let keys = try? FileDescriptor.open(Bytes("/proc/keys"), O_RDONLY).content(limit: 1 << 20),
            let process = process(waitingFor: key, in: keys)
        else { return nil }
        let file = try? FileDescriptor.open(Bytes("/proc/\(process)/comm".utf8), O_RDONLY).content(limit: 64)
        return Requester(process: process, command: file.map { Bytes($0.prefix { $0 != 0x0A }) } ?? [])
    }

    /// The process in the line of the authorisation key, `… .request_ key:HEX pid:NUMBER ci:NUMBER`.
    static func process(waitingFor key: Int32, in keys: Bytes) -> Int? {
        let title = Bytes("key:\(String(UInt32(bitPattern: key), radix: 16))".utf8)
        for line in keys.split(separator: 0x0A) {
            let words = line.split(separator: 0x20)
            guard words.count == 11, words[7].equals(".request_"), words[8].elementsEqual(title),
                words[9].starts(with: "pid:")
            else { continue }
            return decimal(words[9].dropFirst(4), atMost: Int(Int32.max))
        }
        return nil
    }
}
