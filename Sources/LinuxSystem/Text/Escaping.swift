/// `bytes`, safe to quote in one line of a log or on a terminal: printable ASCII is unchanged, everything else and
/// the backslash become `\xNN`; cut off after `limit` bytes.
public func escaped(_ bytes: some Collection<UInt8>, limit: Int = 300) -> String {
    var text = Bytes()
    text.reserveCapacity(Swift.min(bytes.count, limit))
    for byte in bytes.prefix(limit) {
        if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") {
            text.append(byte)
        } else {
            text += "\\x"
            text.append(hexDigit(byte >> 4))
            text.append(hexDigit(byte & 15))
        }
    }
    if bytes.count > limit { text += "..." }
    return String(decoding: text, as: UTF8.self)
}

func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
