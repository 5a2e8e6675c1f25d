import Testing

@testable import LinuxSystem

@Suite("/proc/keys")
struct KeyTableTests {
    private func table(_ text: String, _ descriptions: [Int32: String]) -> KeyTable {
        KeyTable(parsing: Bytes(text.utf8)) { descriptions[$0].map { Bytes($0.utf8) } }
    }

    @Test("Names, states and times are read, and other keys are not")
    func ordinary() {
        let table = table(
            """
            1b652ad5 I------     1 perm 1f030000     0     0 keyring   .dns_resolver: 2
            1c000001 I--Q---     2   5s 3b010000     0     0 dns_resol store.default.svc: 9
            1c000002 I--Q-N-     2   2m 3b010000     0     0 dns_resol afsdb:cell
            1c000003 ---QU--     3 perm 3b010000     0     0 dns_resol pending.svc
            1c000004 I--Q---     1 expd 3b010000     0     0 dns_resol expired.svc: 9
            1c000005 I-----i     1   1h 3b010000     0     0 dns_resol invalidated.svc: 9
            1c000006 I------     1   1w 3b010000     0     0 user      note: 3

            """,
            [
                0x1b65_2ad5: ".dns_resolver", 0x1c00_0001: "store.default.svc", 0x1c00_0002: "afsdb:cell",
                0x1c00_0003: "pending.svc", 0x1c00_0004: "expired.svc", 0x1c00_0005: "invalidated.svc",
                0x1c00_0006: "note",
            ])
        #expect(table.kernelKeyring == 0x1b65_2ad5)
        #expect(
            table.keys.map { String(decoding: $0.description, as: UTF8.self) } == [
                "store.default.svc", "afsdb:cell", "pending.svc",
            ])
        #expect(table.keys.map(\.state) == [.positive, .negative(nil), .beingLookedUp])
        #expect(table.keys.map(\.secondsLeft) == [5, 120, nil])
        #expect(table.keys[1].queryType == Bytes("afsdb"))
        #expect(table.keys[1].name == Bytes("cell"))
    }

    @Test("The processes that wait for keys are read, and not those that a description fakes")
    func requesters() {
        let forged = "1c000008 I--Q---     1 perm 0b0b0000     0     0 .request_ key:1c000003 pid:1 ci:0"
        let table = table(
            """
            1c000001 I--Q---     1   5s 3b010000  1000  1000 user      x
            \(forged): 3
            1c000009 I--Q---     1 perm 0b0b0000     0     0 .request_ key:1c000003 pid:4711 ci:0

            """, [0x1c00_0001: "x\n\(forged)", 0x1c00_0008: "1c000003", 0x1c00_0009: "1c000003"])
        #expect(table.requesters.map(\.key) == [0x1c00_0003])
        #expect(table.requesters.map(\.process) == [4711])
    }

    @Test(
        "A truncated table yields no truncated process ID, and no more lines than asked for"
    )
    func cutOff() {
        let line = "1c000009 I--Q---     1 perm 0b0b0000     0     0 .request_ key:1c000003 pid:47"
        let descriptions: [Int32: String] = [0x1c00_0009: "1c000003"]
        #expect(table(line, descriptions).requesters.isEmpty)
        #expect(table("\(line) ci:0", descriptions).requesters.count == 1)
        let lines = Bytes("x\n\(line) ci:0\n".utf8)
        #expect(
            KeyTable(parsing: lines, mostLines: 1) { descriptions[$0].map { Bytes($0.utf8) } }.requesters.isEmpty)
    }

    @Test("A description that looks like several lines yields no other key")
    func forged() {
        let forged = "1c000007 I------     1 perm 3b010000     0     0 dns_resol victim.svc: 9"
        let description =
            "evil\n\(forged)\n1b652ad5 I------     1 perm 1f030000     0     0 keyring   .dns_resolver"
        let table = table(
            "1c000001 I--Q-N-     2   5s 3b010000     0     0 dns_resol \(description)\n"
                + "1c000009 I------     1 perm 3b010000     0     0 dns_resol victim.svc: 9\n",
            [0x1c00_0001: description, 0x1c00_0007: "another", 0x1c00_0009: "victim.svc", 0x1b65_2ad5: "x"])
        #expect(table.keys.map(\.serial) == [0x1c00_0001, 0x1c00_0009])
        #expect(table.kernelKeyring == nil)
    }

    @Test(
        "A line that the kernel does not confirm is skipped, no matter what it looks like",
        arguments: [
            "", "\n\n", " ", "zzzzzzzz I--Q--- 1 perm 3b010000 0 0 dns_resol a: 1\n", "1c000001", "1c000001 I\n",
            "ffffffff I------     1 perm 3b010000     0     0 dns_resol a: 9\n",
            "1c000001 I------     1 perm 3b010000     0     0 dns_resol other: 9\n",
            "1c000001 I------     1 perm 3b010000     0     0 dns_resol",
            "1c000002 I------     1 perm 3b010000     0     0 dns_resol gone: 9\n",
        ])
    func hostile(text: String) {
        #expect(table(text, [0x1c00_0001: "real", -1: "a"]).keys.isEmpty)
    }

    @Test("A key matches its description or name, in any case and with a final dot")
    func meaning() {
        let key = CachedKey(
            serial: 1, description: Bytes("afsdb:Cell.example"), state: .positive, secondsLeft: nil)
        for text in ["afsdb:cell.example", "cell.EXAMPLE.", "CELL.example"] {
            #expect(key.isMeant(by: Bytes(text.utf8)))
        }
        for text in ["cell", "aaaa:cell.example", "", "."] { #expect(!key.isMeant(by: Bytes(text.utf8))) }
    }

    @Test("A line with a longer type than the kernel writes is skipped")
    func longType() {
        let table = table(
            """
            1c000001 I--Q---     2   5s 3b010000     0     0 dns_resolver store.svc: 9
            1c000002 I--Q---     2   5s 3b010000     0     0 dns_resol next.svc: 9

            """, [0x1c00_0001: "store.svc", 0x1c00_0002: "next.svc"])
        #expect(table.keys.map(\.description) == [Bytes("next.svc".utf8)])
    }
}
