import DNSUpcall
import Foundation
import LinuxSystem
import Testing

/// The installed sample of the config file.
struct SampleTests {
    private let sample: String

    init() throws {
        let file = SystemRoot.package.appending(path: "etc/keyutils/key.dns_resolver.conf.sample")
        sample = try String(contentsOf: file, encoding: .utf8)
    }

    @Test("the sample as installed sets nothing")
    func inert() {
        let (configuration, problems) = Configuration.parse(Bytes(sample.utf8))
        #expect(problems.isEmpty)
        #expect(configuration == Configuration())
    }

    @Test("the sample shows every option, with its default if there is one", arguments: ConfigOption.allCases)
    func defaults(option: ConfigOption) {
        let set = sample.replacing(#/(?m)^#(?=[a-z_]+ = )/#, with: "")
        let (configuration, problems) = Configuration.parse(Bytes(set.utf8))
        #expect(problems.map(\.reason) == [])
        #expect(configuration.line(of: option) != nil)
        let standard = Configuration().value(of: option)
        #expect(configuration.value(of: option) == standard || standard.isEmpty)
    }
}
