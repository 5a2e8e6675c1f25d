import Fuzzing
import LinuxSystem

@testable import DNSUpcall

// A record of /run/resolver/answers: as it is, and with a valid checksum.
fuzz { content in
    examine(content)
    let body = content.prefix(LastAnswer.size - 8)
    let padded = body + Bytes(repeating: 0, count: LastAnswer.size - 8 - body.count)
    let sum = padded.withUnsafeBytes { checksum($0) }
    examine((0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) } + padded)
}

func examine(_ record: Bytes) {
    guard let answer = LastAnswer(record: record) else { return }
    requireName(answer.name)
    requireCanonical([answer.address])
    require(answer.record.count == LastAnswer.size, "a record of fixed size")
    require(LastAnswer(record: answer.record) == answer, "it is read back")
    if let age = Moment(sinceStart: 1000, sinceEpoch: 1_800_000_000).seconds(since: answer.time) {
        require(age >= 0, "an age")
    }
}
