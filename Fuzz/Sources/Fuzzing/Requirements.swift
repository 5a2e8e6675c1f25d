import LinuxSystem

/// Reports a finding if the condition is false.
public func require(
    _ condition: Bool, _ rule: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !condition { fatalError("violated: \(rule())", file: file, line: line) }
}

/// Requires text that is safe in a log or on a terminal: one line of printable ASCII, of at most `limit` bytes.
public func requireLine(_ text: String, limit: Int = 400, file: StaticString = #fileID, line: UInt = #line) {
    require(text.utf8.count <= limit, "at most \(limit) bytes: \(text.utf8.count)", file: file, line: line)
    require(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "printable ASCII", file: file, line: line)
}

/// Requires a name that DNS, resolv.conf(5) and the kernel take for exactly one name.
public func requireName(_ name: Bytes, file: StaticString = #fileID, line: UInt = #line) {
    require((1...253).contains(name.count), "a name of at most 253 bytes", file: file, line: line)
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.".utf8)
    require(allowed.isSuperset(of: name), "letters, digits, hyphens, underscores and dots", file: file, line: line)
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    require(labels.allSatisfy { (1...63).contains($0.count) }, "labels of 1 to 63 bytes", file: file, line: line)
}

/// Requires that each address can be read back from its text.
public func requireCanonical(_ addresses: [IPAddress], file: StaticString = #fileID, line: UInt = #line) {
    let isRead = addresses.allSatisfy { IPAddress($0.text.utf8) == $0 }
    require(isRead, "the text of an address yields the same address", file: file, line: line)
}
