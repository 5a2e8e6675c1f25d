import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Key description")
struct KeyDescriptionTests {
    @Test(
        "The first four semicolons separate fields; later ones belong to the description",
        arguments: [
            ("dns_resolver;0;0;3f010000;store.default", "dns_resolver", "store.default"),
            ("dns_resolver;0;0;3f010000;x;localhost", "dns_resolver", "x;localhost"),
            ("dns_resolver;0;0;3f010000;;;;", "dns_resolver", ";;;"),
            ("dns_resolver;0;0;3f010000;", "dns_resolver", ""),
            ("user;;;;\n", "user", "\n"),
            (";;;;", "", ""),
        ])
    func fields(text: String, type: String, description: String) throws {
        let key = try KeyDescription(parsing: Bytes(text: text))
        #expect(key.type == Bytes(text: type))
        #expect(key.description == Bytes(text: description))
    }

    @Test("Fewer than five fields are malformed", arguments: ["", ";;;", "dns_resolver;0;0;name"])
    func malformed(text: String) {
        #expect(throws: RequestProblem.malformedKey) { try KeyDescription(parsing: Bytes(text: text)) }
    }
}
