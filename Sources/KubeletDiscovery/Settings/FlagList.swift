import LinuxSystem

/// The value of a list flag, pflag's `StringSlice`: values between commas, each perhaps in double quotes. An empty
/// text is an empty list.
func flagList(_ text: Bytes) -> [Bytes] {
    guard !text.isEmpty else { return [] }
    let quote = UInt8(ascii: "\"")
    return text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { value in
        let isQuoted = value.count > 1 && value.first == quote && value.last == quote
        return Bytes(isQuoted ? value.dropFirst().dropLast() : value)
    }
}
