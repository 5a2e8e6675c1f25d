import DNSUpcall
import LinuxSystem

/// The kernel's cached names for a person or a program: `--list`.
///
/// The kernel lets nobody read what file systems were told. The history has it, in the record of the upcall that
/// answered the same key. So handlers need not make their answers readable to every process of uid 0, including Pods'.
public struct CacheList {
    private let keys: [CachedKey]
    private let records: [UpcallRecord]

    public init(keys: [CachedKey], records: [UpcallRecord]) {
        self.keys = keys
        self.records = records
    }

    /// The value of a key; nil if it is not known.
    func value(of key: CachedKey) -> Bytes? {
        records.last {
            $0.key == key.serial && $0.result == .found && key.description.starts(with: $0.name)
        }?.text
    }

    /// A table with one line for each key.
    public var text: String {
        guard !keys.isEmpty else { return "The kernel has no cached names.\n" }
        let header = ["NAME", "TYPE", "STATE", "LEFT", "FOR", "VALUE"]
        let rows = [header] + keys.map(row)
        var text = ""
        for row in rows {
            for (column, cell) in row.enumerated() {
                text += cell
                guard column < row.count - 1 else { break }
                let width = rows.map { $0[column].utf8.count }.max() ?? 0
                for _ in cell.utf8.count..<width + 2 { text += " " }
            }
            text += "\n"
        }
        return text
    }

    private func row(_ key: CachedKey) -> [String] {
        let type = escaped(key.queryType, limit: 40)
        let (state, value): (String, String) =
            switch key.state {
            case .beingLookedUp: ("being looked up", "-")
            case .positive: ("positive", value(of: key).map { escaped($0) } ?? "unknown")
            case .negative(let errno): ("negative", errno?.text ?? "unknown")
            }
        return [
            escaped(key.name), type.isEmpty ? "-" : type, state, key.secondsLeft.map { "\($0) s" } ?? "-",
            key.isForFileSystems.map { $0 ? "file systems" : "a program" } ?? "unknown", value,
        ]
    }

    /// One JSON array of objects; unknown values are null.
    public var json: Bytes {
        var json = JSONWriter()
        json.array { json in
            for key in keys {
                json.object { json in write(key, to: &json) }
            }
        }
        return json.bytes + [0x0A]
    }

    private func write(_ key: CachedKey, to json: inout JSONWriter) {
        json.key("name")
        json.string(escaped(key.name, limit: 4096))
        json.key("type")
        if key.queryType.isEmpty { json.null() } else { json.string(escaped(key.queryType, limit: 4096)) }
        json.key("key")
        json.number(Int(key.serial))
        json.key("state")
        switch key.state {
        case .beingLookedUp: json.string("being looked up")
        case .positive: json.string("positive")
        case .negative: json.string("negative")
        }
        json.key("errno")
        if case .negative(let errno?) = key.state { json.number(Int(errno.code)) } else { json.null() }
        json.key("secondsLeft")
        if let seconds = key.secondsLeft { json.number(seconds) } else { json.null() }
        json.key("forFileSystems")
        if let isForFileSystems = key.isForFileSystems { json.boolean(isForFileSystems) } else { json.null() }
        json.key("value")
        if let value = value(of: key) { json.string(escaped(value)) } else { json.null() }
    }
}
