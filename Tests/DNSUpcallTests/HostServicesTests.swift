import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

@Suite("Name services for the host's names")
struct HostServicesTests {
    private func services(_ content: String, nscd: Bool = false) -> HostServices {
        HostServices(parsing: Bytes(content.utf8), hasNSCD: nscd)
    }

    @Test(
        "The services that the program asks itself, and whether others are asked after them",
        arguments: [
            ("files dns", "files dns", false),
            ("dns files", "dns files", false),
            ("files [NOTFOUND=return] dns", "files [NOTFOUND=return] dns", false),
            ("files[ NOTFOUND = return ]dns", "files[ NOTFOUND = return ]dns", false),
            ("files dns myhostname", "files dns", true),
            ("files myhostname resolve [!UNAVAIL=return] dns", "files", true),
            ("files mdns4_minimal [NOTFOUND=return] dns", "files", true),
            ("resolve [!UNAVAIL=return] files dns", "", true),
            ("files [SUCCESS=continue] resolve dns", "", true),
            ("dns files [UNAVAIL=return] resolve", "dns", true),
            ("filesystem dns", "", true),
            ("[NOTFOUND=return] files", "", true),
            ("[]files", "", true),
            ("files [", "", true),
            ("files dns # resolve", "files dns", true),
            (": files", "", true),
            ("", "", false),
        ])
    func own(line: String, own: String, hasOthers: Bool) {
        let services = services("passwd: files\n hosts:\t\(line) \nnetworks: files\n")
        #expect(String(decoding: services.own, as: UTF8.self) == own)
        #expect(services.hasOthers == hasOthers)
    }

    @Test("Without a line, glibc's default applies")
    func standard() {
        for content in ["", "passwd: files\n", "#hosts: resolve\n"] {
            #expect(services(content).own == Bytes("files dns"))
            #expect(services(content).names == [Bytes("files"), Bytes("dns")])
            #expect(!services(content).hasOthers)
        }
    }

    @Test("The colon is a character like any other")
    func noColon() {
        #expect(services("hosts files\n").own == Bytes("files"))
        #expect(services("hosts:files\n").own == Bytes("files"))
        #expect(services("hostsfiles resolve\n").own == Bytes("files dns"))
    }

    @Test("The last of two lines applies")
    func lastLine() {
        #expect(services("hosts: resolve\nhosts: files\n").own == Bytes("files"))
    }

    @Test("nscd comes before all services")
    func nscd() {
        let services = services("hosts: files dns\n", nscd: true)
        #expect(services.own.isEmpty)
        #expect(services.hasOthers)
    }

    @Test("Without getent, all built-in services are asked")
    func allOwn() {
        #expect(services("hosts: dns resolve [!UNAVAIL=return] files\n").allOwn == Bytes("dns files"))
        #expect(services("hosts: resolve\n").allOwn.isEmpty)
    }
}
