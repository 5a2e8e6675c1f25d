import Fuzzing

@testable import LinuxSystem
@testable import Operation

// /proc/keys, where any local user can put anything into the name of a key: three descriptions that the kernel
// confirms, chosen by a key's number, and the table.
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
    for requester in table.requesters { require(requester.process >= 0, "a process") }
    let list = CacheList(keys: table.keys, records: [])
    for line in list.text.split(separator: "\n") { requireLine(String(line), limit: 10_000) }
    _ = list.json
}
