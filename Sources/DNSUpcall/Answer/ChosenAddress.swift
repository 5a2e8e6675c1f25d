import LinuxSystem

extension AddressChoice {
    /// How many addresses to compare with the node's own: each comparison takes a few system calls.
    private static let mostChecked = 64

    /// - Parameter isLocal: Whether an address is the node's own. A server on the node itself is the nearest.
    public func choose(from addresses: [IPAddress], isLocal: (IPAddress) -> Bool) -> IPAddress? {
        let preferred = addresses.filter(family.include)
        let candidates = preferred.isEmpty ? addresses : preferred
        guard candidates.count > 1, order == .stable else { return candidates.first }
        let sorted = candidates.sorted { $0.precedes($1) }
        return sorted.prefix(Self.mostChecked).first(where: isLocal) ?? sorted.first
    }
}
