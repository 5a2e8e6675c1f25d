import LinuxSystem

/// Reads one JSON value (RFC 8259) as Go's encoding/json does: duplicate keys are allowed, text after the value is
/// not.
struct JSONReader {
    private enum Expected {
        case value, firstElement
        case key, firstKey
        case separator
    }

    private let bytes: Bytes
    private var position = 0
    private var builder = DocumentBuilder(isJSON: true)

    static func read(_ bytes: Bytes) throws(SourceProblem) -> Document {
        var reader = JSONReader(bytes: bytes)
        try reader.readAll()
        return reader.builder.document
    }

    private init(bytes: Bytes) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func readAll() throws(SourceProblem) {
        var expected = Expected.value
        while true {
            skipSpace()
            if builder.depth == 0, expected == .separator {
                guard next == nil else { throw malformed }
                return
            }
            guard let byte = next else { throw SourceProblem("unexpected end of JSON text") }
            expected =
                switch expected {
                case .value, .firstElement: try value(byte, mayEnd: expected == .firstElement)
                case .key, .firstKey: try key(byte, mayEnd: expected == .firstKey)
                case .separator: try separator(byte)
                }
        }
    }

    private mutating func value(_ byte: UInt8, mayEnd: Bool) throws(SourceProblem) -> Expected {
        switch byte {
        case UInt8(ascii: "{"):
            position += 1
            try builder.begin(.mapping)
            return .firstKey
        case UInt8(ascii: "["):
            position += 1
            try builder.begin(.sequence)
            return .firstElement
        case UInt8(ascii: "]") where mayEnd: endContainer()
        case UInt8(ascii: "\""): try builder.scalar(.string, string())
        case UInt8(ascii: "t"): try literal("true", .boolean)
        case UInt8(ascii: "f"): try literal("false", .boolean)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: try number()
        }
        return .separator
    }

    private mutating func key(_ byte: UInt8, mayEnd: Bool) throws(SourceProblem) -> Expected {
        if mayEnd, byte == UInt8(ascii: "}") {
            endContainer()
            return .separator
        }
        guard byte == UInt8(ascii: "\"") else { throw malformed }
        try builder.scalar(.string, string())
        skipSpace()
        guard next == UInt8(ascii: ":") else { throw malformed }
        position += 1
        return .value
    }

    private mutating func separator(_ byte: UInt8) throws(SourceProblem) -> Expected {
        let inMapping = builder.innermostIsMapping
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            return inMapping ? .key : .value
        case UInt8(ascii: "}") where inMapping, UInt8(ascii: "]") where !inMapping:
            endContainer()
            return .separator
        default:
            throw malformed
        }
    }

    private mutating func endContainer() {
        position += 1
        builder.end()
    }

    private mutating func literal(_ text: StaticString, _ kind: Document.Kind) throws(SourceProblem) {
        guard bytes[position...].starts(with: text) else { throw malformed }
        position += text.utf8CodeUnitCount
        try builder.scalar(kind, Bytes())
    }

    private mutating func number() throws(SourceProblem) {
        let start = position
        skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { skip(UInt8(ascii: "-")) }
            try digits()
        }
        try builder.scalar(.number, bytes[start..<position])
    }

    private mutating func digits() throws(SourceProblem) {
        guard let digit = next, digit.isDigit else { throw malformed }
        while let digit = next, digit.isDigit { position += 1 }
    }

    private mutating func string() throws(SourceProblem) -> Bytes {
        position += 1
        var text = Bytes()
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw malformed
            default: text.append(byte)
            }
        }
        throw SourceProblem("unexpected end of JSON text")
    }

    private mutating func escape(into text: inout Bytes) throws(SourceProblem) {
        guard let byte = next else { throw malformed }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): appendUTF8(try scalar(), to: &text)
        default: throw malformed
        }
    }

    /// The code point of one escape or of a surrogate pair. An unpaired surrogate becomes U+FFFD.
    private mutating func scalar() throws(SourceProblem) -> UInt32 {
        let first = try codeUnit()
        guard (0xD800..<0xE000).contains(first) else { return first }
        let afterFirst = position
        if first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) {
            let second = try codeUnit()
            if (0xDC00..<0xE000).contains(second) { return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00) }
        }
        position = afterFirst
        return 0xFFFD
    }

    private mutating func codeUnit() throws(SourceProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(hexDigitValue) else { throw malformed }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private var malformed: SourceProblem {
        SourceProblem("invalid JSON at byte \(position + 1)")
    }
}

private func appendUTF8(_ scalar: UInt32, to text: inout Bytes) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case ..<0x80: text.append(UInt8(scalar))
    case ..<0x800: text += [UInt8(0xC0 | scalar >> 6), tail(0)]
    case ..<0x10000: text += [UInt8(0xE0 | scalar >> 12), tail(6), tail(0)]
    default: text += [UInt8(0xF0 | scalar >> 18), tail(12), tail(6), tail(0)]
    }
}
