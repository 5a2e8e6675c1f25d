import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Choice of one address")
struct AddressChoiceTests {
    private static func choose(
        _ texts: [String], family: AddressFamilies = .ipv4, order: AddressChoice.Order = .stable,
        local: Set<String> = []
    ) -> String? {
        var choice = AddressChoice()
        choice.family = family
        choice.order = order
        return choice.choose(from: texts.map { IPAddress($0.utf8)! }) { local.contains($0.text) }?.text
    }

    @Test("Without addresses, none is chosen")
    func none() {
        #expect(Self.choose([]) == nil)
        #expect(Self.choose([], order: .resolver) == nil)
    }

    @Test("The preferred family comes first; the other is used if it is missing")
    func family() {
        let both = ["fd00::1", "10.0.0.9"]
        #expect(Self.choose(both) == "10.0.0.9")
        #expect(Self.choose(both, family: .ipv6) == "fd00::1")
        #expect(Self.choose(["fd00::1"]) == "fd00::1")
        #expect(Self.choose(["10.0.0.9"], family: .ipv6, order: .resolver) == "10.0.0.9")
    }

    @Test("The same address is chosen in any order of the addresses")
    func stable() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.10", "10.0.0.1"]) == "10.0.0.1")
        #expect(Self.choose(["10.0.0.1", "10.0.0.10", "10.0.0.9"]) == "10.0.0.1")
        #expect(Self.choose(["fd00::b", "fd00::a"]) == "fd00::a")
    }

    @Test("Or the first one that the resolver returns is chosen")
    func resolverOrder() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.1"], order: .resolver, local: ["10.0.0.1"]) == "10.0.0.9")
    }

    @Test("The node's own address is chosen first")
    func local() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.1"], local: ["10.0.0.9"]) == "10.0.0.9")
        #expect(Self.choose(["10.0.0.9", "10.0.0.1", "fd00::1"], local: ["fd00::1"]) == "10.0.0.1")
    }

    @Test("At most 64 addresses are compared with the node's")
    func bounded() {
        var compared = 0
        let addresses = (0..<4000).map { IPAddress("10.0.\($0 / 256).\($0 % 256)".utf8)! }
        _ = AddressChoice().choose(from: addresses) { _ in
            compared += 1
            return false
        }
        #expect(compared == 64)
    }
}
