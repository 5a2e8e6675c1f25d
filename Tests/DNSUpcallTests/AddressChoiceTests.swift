import LinuxSystem
import Testing

@testable import DNSUpcall

@Suite("Choice of one address")
struct AddressChoiceTests {
    private static func choose(
        _ texts: [String], family: AddressChoice.Family = .ipv4, order: AddressChoice.Order = .stable,
        local: Set<String> = []
    ) -> String? {
        var choice = AddressChoice()
        choice.family = family
        choice.order = order
        return choice.choose(from: texts.map { IPAddress($0.utf8)! }) { local.contains($0.text) }?.text
    }

    @Test("Of no address there is none to choose")
    func none() {
        #expect(Self.choose([]) == nil)
        #expect(Self.choose([], order: .resolver) == nil)
    }

    @Test("The preferred family comes first, the other serves where it is missing")
    func family() {
        let both = ["fd00::1", "10.0.0.9"]
        #expect(Self.choose(both) == "10.0.0.9")
        #expect(Self.choose(both, family: .ipv6) == "fd00::1")
        #expect(Self.choose(["fd00::1"]) == "fd00::1")
        #expect(Self.choose(["10.0.0.9"], family: .ipv6, order: .resolver) == "10.0.0.9")
    }

    @Test("In whatever order the addresses come, the same one is chosen")
    func stable() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.10", "10.0.0.1"]) == "10.0.0.1")
        #expect(Self.choose(["10.0.0.1", "10.0.0.10", "10.0.0.9"]) == "10.0.0.1")
        #expect(Self.choose(["fd00::b", "fd00::a"]) == "fd00::a")
    }

    @Test("Or the first that the resolver gives")
    func resolverOrder() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.1"], order: .resolver, local: ["10.0.0.1"]) == "10.0.0.9")
    }

    @Test("An address of the node itself is the nearest")
    func local() {
        #expect(Self.choose(["10.0.0.9", "10.0.0.1"], local: ["10.0.0.9"]) == "10.0.0.9")
        #expect(Self.choose(["10.0.0.9", "10.0.0.1", "fd00::1"], local: ["fd00::1"]) == "10.0.0.1")
    }

    @Test("Of very many addresses only some are compared with the node's")
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
