import LinuxSystem

extension IPAddress {
    /// Reads an address as the kubelet does, with `ParseIPSloppy` of k8s.io/utils/net, which is Go's `net.ParseIP`
    /// of before version 1.17: leading zeros do not make a number octal, an IPv6 address has no scope, and an IPv4
    /// address in IPv6 notation is the IPv4 address.
    public init?(kubelet text: some Collection<UInt8>) {
        guard text.count <= 200 else { return nil }
        switch text.first(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) {
        case UInt8(ascii: "."):
            guard let bytes = ipv4(text) else { return nil }
            self.init(networkOrder: bytes)
        case UInt8(ascii: ":"):
            guard let bytes = ipv6(text) else { return nil }
            let mapped: Bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            self.init(networkOrder: bytes.starts(with: mapped) ? Bytes(bytes[12...]) : bytes)
        default:
            return nil
        }
    }
}

private func ipv4(_ text: some Collection<UInt8>) -> Bytes? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes = Bytes()
    for part in parts {
        guard let value = decimal(part, atMost: 255) else { return nil }
        bytes.append(UInt8(value))
    }
    return bytes
}

private func ipv6(_ text: some Collection<UInt8>) -> Bytes? {
    var rest = Bytes(text)[...]
    var bytes = Bytes()
    var gap: Int?
    if rest.starts(with: "::") {
        gap = 0
        rest = rest.dropFirst(2)
    }
    while !rest.isEmpty, bytes.count < 16 {
        let digits = rest.prefix { hexDigitValue($0) != nil }
        let following = rest.dropFirst(digits.count)
        if following.first == UInt8(ascii: ".") {
            guard bytes.count == 12 || bytes.count < 12 && gap != nil, let tail = ipv4(rest) else { return nil }
            bytes += tail
            rest = []
            break
        }
        guard let group = hexadecimal(digits) else { return nil }
        bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        rest = following
        if rest.isEmpty { break }
        guard rest.first == UInt8(ascii: ":"), rest.count > 1 else { return nil }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: ":") {
            guard gap == nil else { return nil }
            gap = bytes.count
            rest = rest.dropFirst()
        }
    }
    guard rest.isEmpty else { return nil }
    if let gap {
        guard bytes.count < 16 else { return nil }
        bytes.insert(contentsOf: repeatElement(0, count: 16 - bytes.count), at: gap)
    }
    return bytes.count == 16 ? bytes : nil
}

/// One group of an IPv6 address, with any number of leading zeros.
private func hexadecimal(_ digits: some Collection<UInt8>) -> UInt32? {
    guard !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for digit in digits {
        guard let digit = hexDigitValue(digit) else { return nil }
        value = value << 4 | digit
        guard value <= 0xFFFF else { return nil }
    }
    return value
}
