import LinuxSystem

/// The kind that go-yaml version 2, the kubelet's parser, gives to a plain scalar without a tag: YAML 1.1 with `on`
/// and `yes` as booleans, but without base 60. A timestamp is a string.
func plainKind(_ text: some BidirectionalCollection<UInt8>) -> Document.Kind {
    guard let first = text.first else { return .null }
    switch first {
    case UInt8(ascii: "~") where text.count == 1:
        return .null
    case UInt8(ascii: "<") where text.equals("<<"):
        return .merge
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        return isNumber(text) ? .number : .string
    default:
        guard text.count <= 5, isEvenlyCapitalised(text) else { return .string }
        if text.equalsIgnoringCase("null") { return .null }
        let isBoolean =
            text.equalsIgnoringCase("true") || text.equalsIgnoringCase("false") || text.equalsIgnoringCase("yes")
            || text.equalsIgnoringCase("no") || text.equalsIgnoringCase("on") || text.equalsIgnoringCase("off")
            || text.equalsIgnoringCase("y") || text.equalsIgnoringCase("n")
        return isBoolean ? .boolean : .string
    }
}

/// Whether a word has the form `word`, `Word` or `WORD`.
private func isEvenlyCapitalised(_ word: some BidirectionalCollection<UInt8>) -> Bool {
    let capitals = word.count { $0 != $0.lowercased }
    return capitals == 0 || capitals == word.count || capitals == 1 && word.first! != word.first!.lowercased
}

private func isNumber(_ text: some BidirectionalCollection<UInt8>) -> Bool {
    var rest = text.filter { $0 != UInt8(ascii: "_") }[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    guard let first = rest.first else { return false }
    if first == UInt8(ascii: "."), isEvenlyCapitalised(rest.dropFirst()) || rest.equals(".NaN") {
        if rest.equalsIgnoringCase(".inf") || rest.equalsIgnoringCase(".nan") { return true }
    }
    if first == UInt8(ascii: "0"), let base = rest.dropFirst().first?.lowercased {
        let digits = rest.dropFirst(2)
        let limit: UInt32? =
            switch base {
            case UInt8(ascii: "x"): 16
            case UInt8(ascii: "o"): 8
            case UInt8(ascii: "b"): 2
            default: nil
            }
        if let limit {
            return !digits.isEmpty && digits.allSatisfy { hexDigitValue($0).map { $0 < limit } ?? false }
        }
    }
    return isDecimal(rest)
}

/// `[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?`, where the exponent's sign is optional only after a leading point.
private func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    let startsWithPoint = text.first == UInt8(ascii: ".")
    var rest = text.drop { $0.isDigit }
    var hasDigits = rest.count < text.count
    if rest.first == UInt8(ascii: ".") {
        let fraction = rest.dropFirst()
        rest = fraction.drop { $0.isDigit }
        hasDigits = rest.count < fraction.count
    }
    guard hasDigits, let exponent = rest.first else { return hasDigits }
    guard exponent.lowercased == UInt8(ascii: "e") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
    } else if !startsWithPoint {
        return false
    }
    return !rest.isEmpty && rest.allSatisfy { $0.isDigit }
}
