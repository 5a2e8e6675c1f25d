import CLinux
import LinuxSystem
import Testing

@testable import DNS
@testable import DNSUpcall

/// A file system with a few files.
private struct FakeFiles: CellFiles {
    var contents: [String: String] = [:]
    var directories: [String: [String]] = [:]

    func content(of path: Bytes, limit: Int) throws(FileProblem) -> Bytes {
        guard let content = contents[String(decoding: path, as: UTF8.self)] else {
            throw .failed(Errno(ENOENT))
        }
        return Bytes(text: content)
    }

    func entries(of directory: Bytes) throws(FileProblem) -> [Bytes] {
        guard let names = directories[String(decoding: directory, as: UTF8.self)] else {
            throw .failed(Errno(ENOENT))
        }
        return names.map(Bytes.init(text:))
    }
}

private func cell(useDNS: Bool? = nil, _ servers: [(String, UInt16, [String])]) -> AFSCell {
    var cell = AFSCell(useDNS: useDNS)
    for (name, port, addresses) in servers {
        cell.add(addresses.map { IPAddress(Bytes(text: $0))! }, to: Bytes(text: name), port: port)
    }
    return cell
}

@Suite struct CellServDBTests {
    private let content = Bytes(
        text: """
            >grand.central.org      #GCO Public CellServDB 14 Mar 2018
            18.9.48.14                      #grand.mit.edu
            128.2.13.219                    #grand-old-opry.central.org
            >Linked.example.org other.example.org #A linked cell
            [10.0.0.1]\t\t#clone.example.org
            10.0.0.2
            not-an-address   #x.example.org
            10.0.0.3   #evil\u{1B}name
            10.0.0.4   #clone.example.org  a comment
            >empty.example.org #Nothing
            """)

    @Test func readsTheServersOfACell() {
        #expect(
            CellServDB.cell(Bytes("grand.central.org"), in: content)
                == cell([
                    ("grand.mit.edu", 7003, ["18.9.48.14"]), ("grand-old-opry.central.org", 7003, ["128.2.13.219"]),
                ]))
    }

    @Test func readsClonesAndServersWithoutAName() {
        #expect(
            CellServDB.cell(Bytes("linked.EXAMPLE.org"), in: content)
                == cell([
                    ("clone.example.org", 7003, ["10.0.0.1", "10.0.0.4"]), ("10.0.0.2", 7003, ["10.0.0.2"]),
                    ("10.0.0.3", 7003, ["10.0.0.3"]),
                ]))
    }

    @Test func knowsACellWithoutServersFromNone() {
        #expect(CellServDB.cell(Bytes("empty.example.org"), in: content) == cell([]))
        #expect(CellServDB.cell(Bytes("other.example.org"), in: content) == nil)
        #expect(CellServDB.cell(Bytes("x"), in: []) == nil)
    }
}

@Suite struct KAFSConfigurationTests {
    private func read(_ files: FakeFiles, cell: String = "rivendell.example.com") -> KAFSConfiguration<FakeFiles> {
        var configuration = KAFSConfiguration(cell: Bytes(text: cell), files: files)
        configuration.read(Bytes("/c"))
        return configuration
    }

    private func read(_ content: String, cell: String = "rivendell.example.com") -> AFSCell? {
        read(FakeFiles(contents: ["/c": content]), cell: cell).result
    }

    /// The example of kafs-client.conf(5).
    private let example = """
        [defaults]
          thiscell = rivendell.example.com
          sysname = fedora28_x86 amd64_linux

        [cells]
        corp.example.com = {
          description = "Valinor Corporation cell"
          use_dns = yes
          servers = {
                  manwe.corp.example.com = {
                          address = 2001:db8:123::13
                          address = 203.0.113.19
                  }
                  ulmo.corp.example.com = {
                          address = [2001:db8:123::750c:1234]:6666
                          address = 203.0.113.3:6666
                  }
                  aule.corp.example.com = {
                          address = udp/[2001:db8:123::abcd:9090]
                          address = udp/203.0.113.189
                  }
                  namo.corp.example.com = {
                          type = ptserver
                          address = 2001:db8:123::8888
                          address = 203.0.113.88
                  }
          }
        }

        rivendell.example.com = {
          description = "Last Homely Cell"
          servers = {
                  elrond.rivendell.example.com = {
                          address = 192.0.2.23
                  }
                  arwen.rivendell.example.com = {
                          address = 192.0.2.75
                  }
          }
        }
        """

    @Test func readsTheManualsExample() {
        #expect(
            read(example)
                == cell([
                    ("elrond.rivendell.example.com", 7003, ["192.0.2.23"]),
                    ("arwen.rivendell.example.com", 7003, ["192.0.2.75"]),
                ]))
        #expect(
            read(example, cell: "corp.example.com")
                == cell(
                    useDNS: true,
                    [
                        ("manwe.corp.example.com", 7003, ["2001:db8:123::13", "203.0.113.19"]),
                        ("ulmo.corp.example.com", 6666, ["2001:db8:123::750c:1234", "203.0.113.3"]),
                        ("aule.corp.example.com", 7003, ["2001:db8:123::abcd:9090", "203.0.113.189"]),
                    ]))
        #expect(read(example, cell: "namo.corp.example.com") == nil)
        #expect(read(example, cell: "defaults") == nil)
    }

    @Test func portsStandWithTheNameTheServerOrTheAddress() {
        #expect(
            read(
                """
                [cells]
                rivendell.example.com = {
                  servers = {
                    a:7010 = {
                      address = 10.0.0.1
                    }
                    b = {
                      address = 10.0.0.2
                      port = 7011
                      address = 10.0.0.3:7012
                    }
                    tcp/c = {
                      address = 10.0.0.4
                    }
                    d = {
                      address = tcp/10.0.0.5
                      address = 10.0.0.6:0
                      address = nonsense
                      port = 99999
                    }
                  }
                }
                """)
                == cell([
                    ("a", 7010, ["10.0.0.1"]), ("b", 7011, ["10.0.0.2"]), ("b", 7012, ["10.0.0.3"]),
                    ("d", 7003, []),
                ])
        )
    }

    @Test func laterListsAddToEarlierOnesUntilAnAsterisk() {
        let files = FakeFiles(contents: [
            "/c": """
            include /one
            include /two
            include /three
            """,
            "/one": """
            [cells]
            rivendell.example.com = {
              use_dns = yes
              servers = {
                a = {
                  address = 10.0.0.1
                }
              }
            }
            """,
            "/two": """
            [cells]
            rivendell.example.com = {
              use_dns = off
              servers = {
                a = {
                  address = 10.0.0.2
                }
              }*
            }
            """,
            "/three": """
            [cells]
            rivendell.example.com = {
              servers = {
                a = {
                  address = 10.0.0.3
                }
                b = {
                  address = 10.0.0.4
                }
              }
              use_dns = maybe
            }*
            rivendell.example.com = {
              use_dns = yes
            }
            """,
        ])
        #expect(read(files).result == cell(useDNS: false, [("a", 7003, ["10.0.0.1", "10.0.0.2"])]))
    }

    @Test func directoriesAreIncludedWithoutBackups() {
        let one = "[cells]\nrivendell.example.com = {\nservers = {\n"
        let files = FakeFiles(
            contents: [
                "/c": "includedir /d\ninclude /missing",
                "/d/a": one + "a = {\naddress = 10.0.0.1\n}\n}\n}",
                "/d/a~": one + "b = {\naddress = 10.0.0.2\n}\n}\n}",
            ], directories: ["/d": ["a", "a~"]])
        let configuration = read(files)
        #expect(configuration.result == cell([("a", 7003, ["10.0.0.1"])]))
        #expect(configuration.problems.map(\.text) == ["/missing: No such file or directory"])
    }

    @Test func aFileThatIncludesItselfEnds() {
        let configuration = read(FakeFiles(contents: ["/c": "include /c\ninclude /c\n" + example]))
        #expect(configuration.result != nil)
        #expect(!configuration.problems.isEmpty && configuration.problems.count <= 10)
    }

    @Test(arguments: ["}", "[", "[]", "[a]]", "a", "= b", "a = \"b", "a = \"b\\\"", "include", "includedir"])
    func aMeaninglessLineIsLeftOutAndToldOf(line: String) {
        let configuration = read(FakeFiles(contents: ["/c": line + "\n" + example]))
        #expect(configuration.result != nil)
        #expect(configuration.problems.count == 1)
    }

    @Test func quotedValues() {
        #expect(
            KAFSProfile.parse(Bytes(text: #"a = "x \"y\" \\ \t\n""#)).lines == [
                .setting(Bytes("a"), Bytes("x \"y\" \\ \t\n"))
            ])
    }

    @Test func changedFilesAreReadSafely() {
        var random = SplitMix64(state: 2)
        for _ in 0..<200 {
            var content = Bytes(text: example)
            for _ in 0..<20 {
                content[Int.random(in: 0..<content.count, using: &random)] = Bytes("{}[]=\"\\#\n *\0")
                    .randomElement(using: &random)!
            }
            _ = read(String(decoding: content, as: UTF8.self), cell: "corp.example.com")
            _ = CellServDB.cell(Bytes("corp.example.com"), in: content)
        }
    }
}

@Suite struct CellDatabaseTests {
    private let kafs = "[cells]\na.org = {\nservers = {\nk = {\naddress = 10.0.0.1\n}\n}\n}\n"

    private func find(
        _ name: String, _ contents: [String: String]
    ) -> (cell: AFSCell?, problems: [CellFileProblem]) {
        CellDatabase(files: FakeFiles(contents: contents)).find(Bytes(text: name))
    }

    @Test func theKernelsFilesComeBeforeOpenAFS() {
        let contents = [
            "/etc/kafs/client.conf": kafs, "/etc/openafs/CellServDB": ">a.org\n10.0.0.2 #o\n>b.org\n10.0.0.3 #o\n",
            "/usr/vice/etc/CellServDB": ">b.org\n10.0.0.4 #v\n>c.org\n10.0.0.5 #v",
        ]
        #expect(find("a.org", contents).cell == cell([("k", 7003, ["10.0.0.1"])]))
        #expect(find("b.org", contents).cell == cell([("o", 7003, ["10.0.0.3"])]))
        #expect(find("c.org", contents).cell == cell([("v", 7003, ["10.0.0.5"])]))
        #expect(find("d.org", contents).cell == nil)
    }

    @Test func withoutAnyFileNothingIsWrong() {
        let (cell, problems) = find("a.org", [:])
        #expect(cell == nil)
        #expect(problems.isEmpty)
    }
}
