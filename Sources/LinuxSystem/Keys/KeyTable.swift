import CLinux

/// The content of `/proc/keys`: proc_keys(5).
///
/// Any local user can create a key whose description contains newlines, and so forge the line of a key that does
/// not exist. Therefore each description is read from the kernel, and skipped as a whole.
struct KeyTable {
    /// Valid keys of type `dns_resolver`.
    private(set) var keys: [CachedKey] = []
    /// The keyring of the answers to the kernel's own requests: `.dns_resolver`.
    private(set) var kernelKeyring: Int32?
    /// The keys under construction, and the processes that wait for them.
    private(set) var requesters: [(key: Int32, process: Int)] = []

    /// Reads the table as this process sees it.
    ///
    /// - Parameters:
    ///   - limit: How many bytes are read at most.
    ///   - mostLines: How many lines are looked at; each takes about 20 µs.
    init(limit: Int = 64 << 20, mostLines: Int = .max) throws(Errno) {
        self.init(
            parsing: try FileDescriptor.open(Bytes("/proc/keys"), O_RDONLY).content(limit: limit),
            mostLines: mostLines, describe: Self.description)
    }

    /// - Parameter describe: The description of a key by its serial number; nil if it is gone.
    init(parsing table: Bytes, mostLines: Int = .max, describe: (Int32) -> Bytes?) {
        var rest = table[...]
        var count = 0
        while !rest.isEmpty, count < mostLines {
            count += 1
            guard let line = Line(&rest, describe) else { continue }
            if line.type.equals("keyring"), line.description.equals(".dns_resolver"), line.userID.equals("0") {
                kernelKeyring = line.serial
            } else if line.type.equals("dns_resol"), let key = line.key {
                keys.append(key)
            } else if let requester = line.requester {
                requesters.append(requester)
            }
        }
    }

    private static func description(_ serial: Int32) -> Bytes? {
        (try? Key(id: serial).describe()).flatMap { Key.fields(of: $0) }.map { Bytes($0[4]) }
    }

    /// `serial flags usage timeout permissions uid gid type description…`
    private struct Line {
        let serial: Int32
        let flags: Bytes
        let timeout: Bytes
        let userID: Bytes
        let type: Bytes
        let description: Bytes
        /// What follows the description, to the end of the line.
        let rest: Bytes

        /// Consumes a line, and a description that may continue past its end.
        init?(_ rest: inout ArraySlice<UInt8>, _ describe: (Int32) -> Bytes?) {
            let line = rest.prefix { $0 != 0x0A }
            var fields: [ArraySlice<UInt8>] = []
            var text = line
            while fields.count < 8 {
                text = text.drop { $0 == 0x20 }
                let field = text.prefix { $0 != 0x20 }
                fields.append(field)
                text = text.dropFirst(field.count)
            }
            guard let serial = serialNumber(fields[0]), fields[1].count >= 7, (1...9).contains(fields[7].count),
                let description = describe(serial)
            else {
                rest = rest[line.endIndex...].dropFirst()
                return nil
            }
            // The type is padded to nine characters and followed by a space.
            var tail = rest[text.startIndex...].dropFirst(10 - fields[7].count)
            // The description of an authorisation key is the serial number of the key to be constructed.
            if fields[7].equals(".request_") { tail = tail.dropFirst("key:".utf8.count) }
            let isGenuine = tail.starts(with: description)
            if isGenuine { tail = tail.dropFirst(description.count) }
            let end = tail.firstIndex(of: 0x0A) ?? tail.endIndex
            rest = tail[end...].dropFirst()
            guard isGenuine else { return nil }
            self.rest = Bytes(tail[..<end])
            self.serial = serial
            self.description = description
            flags = Bytes(fields[1])
            timeout = Bytes(fields[3])
            userID = Bytes(fields[5])
            type = Bytes(fields[7])
        }

        /// Nil for a key that is revoked, dead, invalidated or expired.
        var key: CachedKey? {
            let gone = [UInt8(ascii: "R"), UInt8(ascii: "D"), UInt8(ascii: "i")]
            guard !flags.contains(where: gone.contains), !timeout.equals("expd") else { return nil }
            return CachedKey(
                serial: serial, description: description,
                state: flags.contains(UInt8(ascii: "U"))
                    ? .beingLookedUp : flags.contains(UInt8(ascii: "N")) ? .negative(nil) : .positive,
                secondsLeft: Self.seconds(timeout))
        }

        /// The content of an authorisation key's line: `key:HEX pid:NUMBER ci:NUMBER`; the first word is the
        /// description.
        var requester: (key: Int32, process: Int)? {
            guard type.equals(".request_"), let key = hexadecimal(description) else { return nil }
            let words = rest.split(separator: 0x20)
            // Without the last word, the line may be cut off in the number.
            guard words.count == 2, let word = words.first, word.starts(with: "pid:"),
                let process = decimal(word.dropFirst(4), atMost: Int(Int32.max))
            else { return nil }
            return (Int32(truncatingIfNeeded: key), process)
        }

        /// `5s`, `2m`, `1h`, `3d`, `1w`, and `perm`.
        private static func seconds(_ text: Bytes) -> Int? {
            let unit: Int? =
                switch text.last {
                case UInt8(ascii: "s"): 1
                case UInt8(ascii: "m"): 60
                case UInt8(ascii: "h"): 3600
                case UInt8(ascii: "d"): 86_400
                case UInt8(ascii: "w"): 604_800
                default: nil
                }
            guard let unit, let count = decimal(text.dropLast(), atMost: 1 << 32) else { return nil }
            return count * unit
        }
    }
}

/// Eight hexadecimal digits.
private func serialNumber(_ digits: some Collection<UInt8>) -> Int32? {
    digits.count == 8 ? hexadecimal(digits).flatMap { Int32(exactly: $0) } : nil
}

/// At most eight hexadecimal digits.
private func hexadecimal(_ digits: some Collection<UInt8>) -> UInt32? {
    guard digits.count <= 8 else { return nil }
    var value: UInt32 = 0
    for digit in digits {
        guard let digit = hexDigitValue(digit) else { return nil }
        value = value << 4 | digit
    }
    return value
}
