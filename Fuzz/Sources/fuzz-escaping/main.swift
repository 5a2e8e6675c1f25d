import Fuzzing
import LinuxSystem

@testable import KubeletDiscovery

// Text from outside, written to a log line and to JSON.
fuzz { content in
    let limit = 100
    let text = escaped(content, limit: limit)
    requireLine(text, limit: 4 * limit + 3)
    require(
        unescaped(text) == Bytes(content.prefix(limit)) + (content.count > limit ? Bytes("...") : []), "no loss")

    var json = JSONWriter()
    json.object { json in
        json.key("text")
        json.string(content)
    }
    guard let document = try? JSONReader.read(json.bytes) else { return require(false, "valid JSON") }
    require(document.nodes.count == 3, "one member")
    require(Bytes(document.content(of: 2)) == Bytes(String(decoding: content, as: UTF8.self).utf8), "the same text")
}

func unescaped(_ text: String) -> Bytes {
    var bytes = Bytes()
    var rest = Bytes(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\\") {
            let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
            bytes.append(UInt8(digits, radix: 16)!)
            rest = rest.dropFirst(3)
        } else {
            bytes.append(byte)
        }
    }
    return bytes
}
