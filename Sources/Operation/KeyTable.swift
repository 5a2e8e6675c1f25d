import LinuxSystem

/// The content of `/proc/keys`. A description may hold any byte, line ends too, so that it could show a line of a key
/// that does not exist; therefore the kernel is asked for each description, and it is skipped as a whole.
struct KeyTable {
    /// Keys of type `dns_resolver` that are in force.
    private(set) var keys: [CachedKey] = []
    /// The keyring of the kernel's own answers: `.dns_resolver`.
    private(set) var kernelKeyring: Int32?

    /// - Parameter describe: The description of a key by its serial number; nil if it is gone.
    init(parsing table: Bytes, describe: (Int32) -> Bytes?) {
        var rest = table[...]
        while !rest.isEmpty {
            guard let line = Line(&rest, describe) else { continue }
            if line.type.equals("keyring"), line.description.equals(".dns_resolver"), line.userID.equals("0") {
                kernelKeyring = line.serial
            } else if line.type.equals("dns_resol"), let key = line.key {
                keys.append(key)
            }
        }
    }

    /// `serial flags usage timeout permissions uid gid type description…`
    private struct Line {
        let serial: Int32
        let flags: Bytes
        let timeout: Bytes
        let userID: Bytes
        let type: Bytes
        let description: Bytes

        /// Takes a line, and the description that may go on behind its end.
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
            guard let serial = hexadecimal(fields[0]), fields[1].count >= 7, (1...9).contains(fields[7].count),
                let description = describe(serial)
            else {
                rest = rest[line.endIndex...].dropFirst()
                return nil
            }
            // The type is padded to nine characters and a blank.
            var tail = rest[text.startIndex...].dropFirst(10 - fields[7].count)
            let isGenuine = tail.starts(with: description)
            if isGenuine { tail = tail.dropFirst(description.count) }
            rest = tail.drop { $0 != 0x0A }.dropFirst()
            guard isGenuine else { return nil }
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

private func hexadecimal(_ digits: some Collection<UInt8>) -> Int32? {
    guard digits.count == 8 else { return nil }
    var value: Int64 = 0
    for digit in digits {
        switch digit {
        case 0x30...0x39: value = value << 4 | Int64(digit - 0x30)
        case 0x61...0x66: value = value << 4 | Int64(digit - 0x57)
        default: return nil
        }
    }
    return Int32(exactly: value)
}
