import LinuxSystem

/// Names that the kernel itself refuses for now, because their last lookup failed.
enum RefusedNamesCheck {
    /// The longest time for which this program has the kernel refuse a name, in seconds. For an unanswered name the
    /// kernel itself takes 60.
    private static let longestOwn = 11
    private static let mostShown = 5

    static func run(_ host: borrowing ExaminedHost, name: Bytes?) -> Finding {
        guard let cache = try? KernelCache() else {
            return .unchecked(.refusedNames, "/proc/keys cannot be read", "run this as root")
        }
        guard host.isRoot else {
            return .unchecked(.refusedNames, "only root sees root's keys", "run this as root")
        }
        return finding(cache.keys, name: name)
    }

    static func finding(_ keys: [CachedKey], name: Bytes?) -> Finding {
        let refused = keys.filter { key in
            // Those of another check disappear when it ends.
            if case .negative = key.state { !key.description.contain(UpcallCheck.marker) } else { false }
        }
        if let name, let key = refused.first(where: { $0.isMeant(by: name) }) {
            let reason = "the kernel refuses \(escaped(name)) for \(timeLeft(key)) more, without asking anyone"
            return isOverlong(key)
                ? .bad(.refusedNames, reason, remedy(for: key)) : .warning(.refusedNames, reason, remedy(for: key))
        }
        let overlong = refused.filter(isOverlong)
        if let first = overlong.first {
            return .warning(
                .refusedNames,
                "the kernel refuses \(list(overlong)), without asking anyone, as it does for that long after a handler"
                    + " has failed to answer", remedy(for: first))
        }
        return .good(
            .refusedNames,
            refused.isEmpty
                ? "the kernel refuses no names" : "the kernel refuses \(list(refused)), as it was told")
    }

    private static func isOverlong(_ key: CachedKey) -> Bool { key.secondsLeft.map { $0 > longestOwn } ?? true }

    private static func timeLeft(_ key: CachedKey) -> String { key.secondsLeft.map { "\($0) s" } ?? "ever" }

    /// The requester chose the name, and a person may paste this into a shell: it has the name only if that is a plain
    /// word.
    private static func remedy(for key: CachedKey) -> String {
        "wait, or make the kernel forget it: resolver --flush"
            + (key.description.isPlainWord ? " \(escaped(key.description, limit: 260))" : "")
    }

    private static func list(_ keys: [CachedKey]) -> String {
        var text = ""
        for (index, key) in keys.prefix(mostShown).enumerated() {
            text += "\(index == 0 ? "" : ", ")\(escaped(key.description, limit: 260)) for \(timeLeft(key)) more"
        }
        return keys.count > mostShown ? "\(text), and \(keys.count - mostShown) other names" : text
    }
}
