import LinuxSystem

/// A domain in small letters, without the dots at its ends; nil where it could not stand in a resolv.conf(5):
/// empty, or with other characters than letters, digits, `-` and `_`, or longer than a DNS name.
func domainName(_ text: Bytes) -> Bytes? {
    let dot = UInt8(ascii: ".")
    var name = text.lowercased[...]
    while name.first == dot { name = name.dropFirst() }
    while name.last == dot { name = name.dropLast() }
    guard (1...253).contains(name.count) else { return nil }
    let labels = name.split(separator: dot, omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
        (1...63).contains(label.count)
            && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
    return isName ? Bytes(name) : nil
}
