/// Text from outside: nothing promises that it is UTF-8.
public typealias Bytes = [UInt8]

extension Collection<UInt8> {
    /// Whether these are exactly the bytes of `text`.
    public func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: text)
    }

    /// The same, where ASCII capitals are as good as small letters.
    public func equalsIgnoringCase(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count)) {
                $0.lowercased == $1.lowercased
            }
    }

    /// Whether the first bytes are those of `text`.
    public func starts(with text: StaticString) -> Bool {
        starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The bytes with ASCII capitals made small.
    public var lowercased: Bytes {
        map { $0.lowercased }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The bytes without the blanks, tabs and line ends at both ends.
    public var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first.isSpace { rest = rest.dropFirst() }
        while let last = rest.last, last.isSpace { rest = rest.dropLast() }
        return rest
    }
}

extension UInt8 {
    /// An ASCII blank, tab, line feed, vertical tab, form feed or carriage return: isspace(3) in the C locale.
    public var isSpace: Bool {
        self == 0x20 || (0x09...0x0D).contains(self)
    }

    public var isDigit: Bool {
        (0x30...0x39).contains(self)
    }

    public var isLetter: Bool {
        (0x61...0x7A).contains(lowercased)
    }

    /// The small letter for an ASCII capital, anything else as it is.
    public var lowercased: UInt8 {
        (0x41...0x5A).contains(self) ? self | 0x20 : self
    }
}

extension Bytes {
    public init(_ text: StaticString) {
        self.init(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public static func += (bytes: inout Bytes, text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public static func += (bytes: inout Bytes, text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Calls `body` with the bytes as a C string: up to the first NUL, if there is one.
    public func withCString<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let terminated = self + [0]
        return try terminated.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try buffer.withMemoryRebound(to: CChar.self) { (text) throws(Failure) in
                try body(text.baseAddress!)
            }
        }
    }
}

/// A number of plain decimal digits, without sign or blank, that is at most `limit`.
public func decimal(_ digits: some Collection<UInt8>, atMost limit: Int) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
        guard digit.isDigit else { return nil }
        value = value * 10 + Int(digit - 0x30)
        guard value <= limit else { return nil }
    }
    return value
}
