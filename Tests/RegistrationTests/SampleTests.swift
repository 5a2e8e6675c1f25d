import DNSUpcall
import Foundation
import LinuxSystem
import Testing

/// The sample of the config file that is installed.
struct SampleTests {
    private let sample: String

    init() throws {
        let file = SystemRoot.package.appending(path: "etc/keyutils/key.dns_resolver.conf.sample")
        sample = try String(contentsOf: file, encoding: .utf8)
    }

    @Test("as it is, the sample sets nothing")
    func inert() {
        let (configuration, problems) = Configuration.parse(Bytes(sample.utf8))
        #expect(problems.isEmpty)
        #expect(configuration == Configuration())
    }

    @Test("the sample shows every option, with its default where there is one", arguments: ConfigOption.allCases)
    func defaults(option: ConfigOption) {
        let set = sample.replacing(#/(?m)^#(?=[a-z_]+ = )/#, with: "")
        let (configuration, problems) = Configuration.parse(Bytes(set.utf8))
        #expect(problems.map(\.reason) == [])
        #expect(configuration.line(of: option) != nil)
        let standard = Configuration().value(of: option)
        #expect(configuration.value(of: option) == standard || standard.isEmpty)
    }
}
