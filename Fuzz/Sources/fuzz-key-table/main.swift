import Fuzzing
import LinuxSystem

@testable import Operation

// /proc/keys, in which every local user can write what he likes into the name of a key: three descriptions that the
// kernel confirms, one for each key by its number, and the table.
fuzz { content in
    var input = Input(content)
    let descriptions = (0..<3).map { _ in input.text() }
    var rest = Bytes()
    while case let text = input.block(), !text.isEmpty { rest += text }
    let table = KeyTable(parsing: rest) { serial in serial & 3 < 3 ? descriptions[Int(serial & 3)] : nil }
    for key in table.keys {
        require(descriptions[Int(key.serial & 3)] == key.description, "what the kernel confirms")
        require(key.secondsLeft ?? 0 >= 0, "a time")
        _ = key.isMeant(by: descriptions[0])
    }
    let list = CacheList(keys: table.keys, records: [])
    for line in list.text.split(separator: "\n") { requireLine(String(line), limit: 10_000) }
    _ = list.json
}
