import LinuxSystem

@testable import DNS

/// The bytes written as hexadecimal digits; blanks between them are ignored.
func hex(_ text: String) -> Bytes {
    let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

extension Bytes {
    init(text: String) { self.init(text.utf8) }
}

extension HostName {
    init(_ text: String) {
        try! self.init(validating: text.utf8)
    }
}
