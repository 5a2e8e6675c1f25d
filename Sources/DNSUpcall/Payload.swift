import LinuxSystem

/// What the key is instantiated with: addresses as text, separated by commas, with the NUL that the kernel's
/// dns_key.c wants counted.
public struct Payload: Equatable, Sendable {
    public let bytes: Bytes

    init(bytes: Bytes) {
        self.bytes = bytes
    }

    public init(address: IPAddress) {
        bytes = Bytes(address.text.utf8) + [0]
    }

    /// The address, where it is a single one.
    var address: IPAddress? { IPAddress(bytes.dropLast()) }

    /// All addresses in their order without duplicates, as far as the key type has room.
    public init(list addresses: [IPAddress]) {
        var text = Bytes()
        for address in addresses.withoutDuplicates {
            let next = address.text.utf8
            // A comma before it or the NUL after it.
            guard text.count + next.count + 2 <= Key.largestPayload else { break }
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: next)
        }
        bytes = text + [0]
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
