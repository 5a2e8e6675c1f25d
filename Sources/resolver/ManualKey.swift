import DNSUpcall
import LinuxSystem

/// Takes the place of a key when a person resolves a name: it returns what it was given, and accepts every answer.
struct ManualKey: AnswerableKey {
    let description: Bytes
    let callout: Bytes

    func describe() -> Bytes { Bytes("dns_resolver;0;0;0;") + description }
    func calloutInfo() -> Bytes { callout }
    var isForKernel: Bool { false }
    func setTimeout(seconds: UInt32) {}
    func instantiate(payload: Bytes) {}
    func reject(errno: Errno, seconds: UInt32) {}
}
