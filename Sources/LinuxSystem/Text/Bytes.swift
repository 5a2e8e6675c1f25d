/// Text from outside, which need not be UTF-8.
public typealias Bytes = [UInt8]

extension Collection<UInt8> {
    /// Whether the bytes equal those of `text`.
    public func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: text)
    }

    /// The same, ignoring the case of ASCII letters.
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

    /// The bytes with ASCII letters in lower case.
    public var lowercased: Bytes {
        map { $0.lowercased }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The bytes without leading and trailing whitespace.
    public var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first.isSpace { rest = rest.dropFirst() }
        while let last = rest.last, last.isSpace { rest = rest.dropLast() }
        return rest
    }
}

extension UInt8 {
    /// Whether this is an ASCII space, tab, line feed, vertical tab, form feed or carriage return: isspace(3) in
    /// the C locale.
    public var isSpace: Bool {
        self == 0x20 || (0x09...0x0D).contains(self)
    }

    public var isDigit: Bool {
        (0x30...0x39).contains(self)
    }

    public var isLetter: Bool {
        (0x61...0x7A).contains(lowercased)
    }

    /// An ASCII capital as a small letter, any other byte unchanged.
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

    /// Calls `body` with the bytes as a C string, which ends at the first NUL if they contain one.
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

/// Parses decimal digits, without sign or space, as a number of at most `limit`.
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

extension Bytes {
    /// The bytes that a C call leaves in a buffer of `capacity` bytes. `call` returns their count, or a negative
    /// number on failure.
    ///
    /// - Throws: The `errno` of the failed call.
    public init(
        capacity: Int, _ call: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) throws(Errno) {
        var failure: Errno?
        self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = call(buffer)
            if result < 0 { failure = Errno.last } else { count = Swift.min(result, capacity) }
        }
        if let failure { throw failure }
    }
}

/// The value of a hexadecimal digit.
public func hexDigitValue(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - 0x30)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(digit - 0x61 + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(digit - 0x41 + 10)
    default: nil
    }
}
