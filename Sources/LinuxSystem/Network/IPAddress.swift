import CLinux

/// An IPv4 or IPv6 address, the latter optionally with the number of its interface.
public struct IPAddress: Equatable, Sendable {
    /// Four or sixteen bytes in network order.
    public let bytes: Bytes
    /// The number of the interface for a link-local IPv6 address, else 0: `sin6_scope_id` of ipv6(7).
    public let scope: UInt32

    /// - Parameter bytes: Four or sixteen.
    public init(networkOrder bytes: some Collection<UInt8>) {
        precondition(bytes.count == 4 || bytes.count == 16)
        self.bytes = Bytes(bytes)
        scope = 0
    }

    public init(v4 address: in_addr) {
        bytes = withUnsafeBytes(of: address) { Bytes($0) }
        scope = 0
    }

    public init(v6 address: in6_addr, scope: UInt32 = 0) {
        bytes = withUnsafeBytes(of: address) { Bytes($0) }
        self.scope = scope
    }

    /// The address in a socket address of family `AF_INET` or `AF_INET6`; nil for any other family.
    public init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                IPAddress(v4: $0.pointee.sin_addr)
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                IPAddress(v6: $0.pointee.sin6_addr, scope: $0.pointee.sin6_scope_id)
            }
        default:
            return nil
        }
    }

    /// Parses what inet_pton(3) accepts: an IPv4 address in four decimal parts, or an IPv6 address without scope.
    public init?(_ text: some Collection<UInt8>) {
        guard text.count < Int(INET6_ADDRSTRLEN), !text.contains(0) else { return nil }
        let text = Bytes(text)
        var v4 = in_addr()
        var v6 = in6_addr()
        if text.withCString({ inet_pton(AF_INET, $0, &v4) }) == 1 {
            self.init(v4: v4)
        } else if text.withCString({ inet_pton(AF_INET6, $0, &v6) }) == 1 {
            self.init(v6: v6)
        } else {
            return nil
        }
    }

    public var isIPv4: Bool { bytes.count == 4 }

    /// Whether this is an IPv4-mapped IPv6 address: RFC 4291, section 2.5.5.2.
    public var isIPv4Mapped: Bool {
        bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    }

    /// The canonical text, as inet_ntop(3) writes it, followed by any scope as `%` and its number, the only form
    /// that the kernel reads.
    public var text: String {
        // This costs a tenth of inet_ntop(3), which uses printf(3).
        if isIPv4 { return "\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3])" }
        let address = bytes.withUnsafeBytes { source in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
                inet_ntop(AF_INET6, source.baseAddress, buffer.baseAddress, socklen_t(buffer.count))
                return String(cString: buffer.baseAddress!)
            }
        }
        return scope == 0 ? address : "\(address)%\(scope)"
    }

    /// Calls `body` with the address and a port as a socket address for connect(2).
    public func withSocketAddress<Result>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        if isIPv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
            return withUnsafeBytes(of: &address) {
                body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_scope_id = scope
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
        return withUnsafeBytes(of: &address) {
            body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}

extension IPAddress {
    /// Orders addresses by their bytes; if one is a prefix of the other, the shorter comes first.
    public func precedes(_ other: IPAddress) -> Bool {
        bytes == other.bytes ? scope < other.scope : bytes.lexicographicallyPrecedes(other.bytes)
    }

    /// Whether the address is one of this machine's own: packets sent to it have it as their source.
    public var isLocal: Bool {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard let socket = try? checked(socket(isIPv4 ? AF_INET : AF_INET6, type, 0)) else { return false }
        let descriptor = FileDescriptor(owning: socket)
        // Connecting a datagram socket sends nothing; it only selects the route.
        guard withSocketAddress(port: 53, { connect(descriptor.rawValue, $0, $1) }) == 0 else { return false }
        var source = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &source) { source in
            source.withMemoryRebound(to: sockaddr.self, capacity: 1) { source in
                getsockname(descriptor.rawValue, source, &length) == 0 && IPAddress(source)?.bytes == bytes
            }
        }
    }
}

extension [IPAddress] {
    /// The addresses as text, separated by a comma and a space.
    public var text: String {
        var text = ""
        for (index, address) in enumerated() { text += index == 0 ? address.text : ", \(address.text)" }
        return text
    }
}
