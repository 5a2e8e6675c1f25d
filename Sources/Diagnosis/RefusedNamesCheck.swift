import LinuxSystem

/// Names that the kernel refuses by itself for now, because their last lookup failed.
enum RefusedNamesCheck {
    /// The longest that this program has a name refused, in seconds. The kernel takes 60 for one that nobody answered.
    private static let longestOwn = 11
    private static let mostShown = 5
    private static let largest = 1 << 24

    /// A negative key of the type `dns_resolver`.
    struct RefusedName: Equatable {
        let name: Bytes
        /// How long it has left, as /proc/keys has it: `43s`, `2m`, `perm`.
        let timeLeft: Bytes
        let isStale: Bool
    }

    static func run(_ host: borrowing ExaminedHost, name: Bytes?) -> Finding {
        guard let keys = try? host.read(Bytes("/proc/keys"), limit: largest) else {
            return .unchecked(.refusedNames, "/proc/keys cannot be read", "run this as root")
        }
        guard host.isRoot else {
            return .unchecked(.refusedNames, "root's keys are not shown to other users", "run this as root")
        }
        return finding(refusedNames(keys), name: name)
    }

    /// The fields of a line are serial number, flags, usage, time left, permissions, uid, gid, type and description:
    /// proc_keys(5).
    static func refusedNames(_ keys: Bytes) -> [RefusedName] {
        var names: [RefusedName] = []
        for line in keys.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 8, omittingEmptySubsequences: true)
            guard fields.count == 9, fields[7].starts(with: "dns_resol"), fields[1].contains(UInt8(ascii: "N")),
                !fields[3].equals("expd")
            else { continue }
            let description = fields[8].drop { $0 == UInt8(ascii: " ") }
            // Those of another check are gone with it.
            guard !description.contain(UpcallCheck.marker) else { continue }
            names.append(
                RefusedName(name: Bytes(description), timeLeft: Bytes(fields[3]), isStale: isStale(fields[3])))
        }
        return names
    }

    private static func isStale(_ time: Bytes.SubSequence) -> Bool {
        guard time.last == UInt8(ascii: "s"), let seconds = decimal(time.dropLast(), atMost: 1 << 30) else {
            return true
        }
        return seconds > longestOwn
    }

    static func finding(_ names: [RefusedName], name: Bytes?) -> Finding {
        if let name, let refused = names.first(where: { isSame($0.name, name) }) {
            let reason =
                "the kernel refuses \(escaped(name)) for \(escaped(refused.timeLeft)) more, without asking anyone"
            let remedy = remedy(for: refused)
            return refused.isStale ? .bad(.refusedNames, reason, remedy) : .warning(.refusedNames, reason, remedy)
        }
        let stale = names.filter { $0.isStale }
        if let first = stale.first {
            return .warning(
                .refusedNames,
                "the kernel refuses \(list(stale)), without asking anyone: for so long it does after a handler that"
                    + " did not answer", remedy(for: first))
        }
        return .good(
            .refusedNames,
            names.isEmpty
                ? "the kernel refuses no name for now" : "the kernel refuses \(list(names)), as it was told")
    }

    /// Whoever asked chose the name, and a person may paste this into a shell: only one that is a word there is named.
    private static func remedy(for refused: RefusedName) -> String {
        "wait for that time, or let the kernel forget it: resolver --flush"
            + (refused.name.isPlainWord ? " \(escaped(refused.name, limit: 260))" : "")
    }

    private static func list(_ names: [RefusedName]) -> String {
        var text = ""
        for (index, name) in names.prefix(mostShown).enumerated() {
            text += "\(index == 0 ? "" : ", ")\(escaped(name.name, limit: 260)) for \(escaped(name.timeLeft)) more"
        }
        return names.count > mostShown ? "\(text), and \(names.count - mostShown) other names" : text
    }

    /// As net/dns_resolver/dns_key.c compares: without regard to case and one final dot.
    private static func isSame(_ one: Bytes, _ other: Bytes) -> Bool {
        func plain(_ name: Bytes) -> Bytes {
            (name.last == UInt8(ascii: ".") ? name.dropLast() : name[...]).lowercased
        }
        return plain(one) == plain(other)
    }
}
