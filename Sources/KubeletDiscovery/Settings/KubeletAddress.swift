import LinuxSystem

extension IPAddress {
    /// Reads an address as the kubelet does, with `ParseIPSloppy` of k8s.io/utils/net: leading zeros do not make a
    /// number octal, and an IPv4-mapped IPv6 address is the IPv4 address.
    init?(kubelet text: some Collection<UInt8>) {
        if let bytes = dottedDecimal(text) {
            self.init(networkOrder: bytes)
        } else if let address = IPAddress(text) {
            self.init(networkOrder: address.isIPv4Mapped ? address.bytes[12...] : address.bytes[...])
        } else {
            return nil
        }
    }
}

/// The four bytes of an IPv4 address.
private func dottedDecimal(_ text: some Collection<UInt8>) -> Bytes? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let bytes = parts.compactMap { part in decimal(part, atMost: 255).map { UInt8($0) } }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
}
