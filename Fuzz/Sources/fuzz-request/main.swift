import Fuzzing
import LinuxSystem

@testable import DNS
@testable import DNSUpcall

// The text of a key, which any local user controls, and after a NUL the callout.
fuzz { content in
    var input = Input(content)
    let (text, callout) = (input.text(), input.text())
    do throws(RequestProblem) {
        let key = try KeyDescription(parsing: text)
        let semicolons = { (bytes: Bytes) in bytes.count { $0 == UInt8(ascii: ";") } }
        require(semicolons(key.type) + semicolons(key.userID) == 0, "a field ends at its semicolon")
        require(text.starts(with: key.type + Bytes(";") + key.userID + Bytes(";")), "the first fields")
        require(text.reversed().starts(with: (Bytes(";") + key.description).reversed()), "the last field")
        require(semicolons(text) - semicolons(key.description) == 4, "five fields")
        check(try Request(key: key, callout: callout), key)
    } catch {
        requireLine(error.text)
    }
}

func check(_ request: Request, _ key: KeyDescription) {
    require(key.type.equals("dns_resolver"), "keys of other types are refused")
    let name = request.name
    requireName(name.bytes)
    require(name.bytes.first != UInt8(ascii: "-"), "a name is not an option")
    let prefix: StaticString =
        switch request.queryType {
        case .none: ""
        case .a: "a:"
        case .aaaa: "aaaa:"
        case .afsdb: "afsdb:"
        }
    require(key.description == Bytes(prefix) + name.text, "the name is the requested one")
    require(DNSName(name).hostName?.bytes == name.bytes, "DNS can be asked for the name")
    for word in request.unknownWords {
        require(!word.isEmpty && !word.contains { $0.isSpace }, "words are separated by blanks")
    }
    if let server = request.server {
        require(key.userID.equals("0"), "only root chooses a server")
        requireCanonical([server])
    }
}
