import DNSUpcall
import LinuxSystem

/// What stands in for a key when a person resolves a name: it says what it is told, and takes every answer.
struct ManualKey: AnswerableKey {
    let description: Bytes
    let callout: Bytes

    func describe() -> Bytes { Bytes("dns_resolver;0;0;0;") + description }
    func calloutInfo() -> Bytes { callout }
    func setTimeout(seconds: UInt32) {}
    func instantiate(payload: Bytes) {}
    func reject(errno: Errno, seconds: UInt32) {}
}
