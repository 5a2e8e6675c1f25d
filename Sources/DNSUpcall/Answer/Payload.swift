import LinuxSystem

/// What the key is instantiated with: addresses as text, separated by commas, with the NUL that the kernel's dns_key.c
/// expects, or an AFS cell's binary list of servers.
public struct Payload: Equatable, Sendable {
    public let bytes: Bytes

    init(bytes: Bytes) {
        self.bytes = bytes
    }

    public init(address: IPAddress) {
        bytes = Bytes(address.text.utf8) + [0]
    }

    /// The address, if the payload is a single one.
    var address: IPAddress? { IPAddress(bytes.dropLast()) }

    /// Whether the payload is addresses followed by a NUL: linux/dns_resolver.h.
    public var isText: Bool { bytes.first != 0 }

    /// The text of the payload, or the size of a binary list.
    var text: String { isText ? escaped(bytes.dropLast()) : "a server list of \(bytes.count) bytes" }

    /// All addresses in order, without duplicates, as far as they fit in the key type.
    public init(list addresses: [IPAddress]) {
        var text = Bytes()
        for address in addresses.withoutDuplicates {
            let next = address.text.utf8
            // Room for a comma before it and the NUL after it.
            guard text.count + next.count + 2 <= Key.largestPayload else { break }
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: next)
        }
        bytes = text + [0]
    }
}

extension [IPAddress] {
    /// The first of each, in order. An answer may contain thousands.
    fileprivate var withoutDuplicates: [IPAddress] {
        let sorted = indices.sorted { left, right in
            self[left] == self[right] ? left < right : self[left].precedes(self[right])
        }
        var isFirst = [Bool](repeating: true, count: count)
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where self[earlier] == self[later] {
            isFirst[later] = false
        }
        return zip(self, isFirst).compactMap { $1 ? $0 : nil }
    }
}
