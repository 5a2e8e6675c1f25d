import LinuxSystem

/// What the key is instantiated with: addresses as text, separated by commas, with the NUL that the kernel's
/// dns_key.c wants counted.
public struct Payload: Equatable, Sendable {
    public let bytes: Bytes

    /// One address: the first IPv4 address, else the first one. The kernel's callers that take one only all take
    /// IPv4, and hosts that can't reach IPv6 are common.
    public static func one(of addresses: [IPAddress]) -> Payload? {
        (addresses.first(where: { $0.isIPv4 }) ?? addresses.first).map { Payload(bytes: Bytes($0.text.utf8) + [0]) }
    }

    /// All addresses in their order without duplicates, as far as the key type has room.
    public static func list(of addresses: [IPAddress]) -> Payload? {
        var text = Bytes()
        for address in addresses.withoutDuplicates {
            let next = address.text.utf8
            // A comma before it or the NUL after it.
            guard text.count + next.count + 2 <= Key.largestPayload else { break }
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: next)
        }
        return text.isEmpty ? nil : Payload(bytes: text + [0])
    }
}

extension [IPAddress] {
    /// The first of each, in order. An answer may hold thousands.
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

extension IPAddress {
    /// Some order, to bring equal addresses together.
    fileprivate func precedes(_ other: IPAddress) -> Bool {
        bytes == other.bytes ? scope < other.scope : bytes.lexicographicallyPrecedes(other.bytes)
    }
}
