import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct KubeletFlagsTests {
    private func flags(_ arguments: [String]) throws -> KubeletFlags {
        var flags = KubeletFlags()
        try flags.read(arguments.map { Bytes($0.utf8) }, origin: "test")
        return flags
    }

    @Test(arguments: [
        (["--cluster-dns=10.0.0.1"], ["10.0.0.1"]),
        (["--cluster-dns", "10.0.0.1"], ["10.0.0.1"]),
        (["--cluster_dns=10.0.0.1,fd00::a"], ["10.0.0.1", "fd00::a"]),
        (["--cluster-dns=1.1.1.1", "--cluster-dns=2.2.2.2"], ["1.1.1.1", "2.2.2.2"]),
        (["--cluster-dns=1.1.1.1", "--cluster-dns="], ["1.1.1.1"]),
        (["--cluster-dns="], []), (["--cluster-dns", ""], []),
        (["--cluster-dns=\"1.1.1.1\",\"2.2.2.2\""], ["1.1.1.1", "2.2.2.2"]),
        (["--cluster-dns=1.1.1.1, 2.2.2.2"], ["1.1.1.1", " 2.2.2.2"]),
        (["--cluster-dns=,1.1.1.1,"], ["", "1.1.1.1", ""]),
        (["--cluster-dns=\"1.1.1.1", "--cluster-dns=\""], ["\"1.1.1.1", "\""]),
        (["--cluster-dns", "--v=2"], ["--v=2"]),
    ])
    func readsServers(arguments: [String], expected: [String]) throws {
        #expect(try flags(arguments).clusterDNS?.value == expected.map { Bytes($0.utf8) })
    }

    @Test(arguments: ["--cluster-dns", "--cluster-domain", "--config", "--config-dir"])
    func refusesAFlagWithoutAValue(flag: String) {
        #expect(throws: SourceProblem.self) { try flags([flag]) }
    }

    @Test func takesTheLastOfSingleValues() throws {
        let flags = try flags([
            "--config=a", "--config", "b", "--config-dir=c", "--config_dir=d", "--cluster-domain=e",
            "--cluster_domain=f", "--cluster-domains=g", "-config=h", "--", "--config=i",
        ])
        #expect(flags.configuration == Bytes("b"))
        #expect(flags.dropIns == Bytes("d"))
        #expect(flags.clusterDomain?.value == Bytes("f"))
        #expect(flags.clusterDNS == nil)
    }

    @Test func anEmptyPathIsNone() throws {
        #expect(try flags(["--config=a", "--config=", "--config-dir="]).isEmpty)
    }
}

@Suite struct ArgumentFileTests {
    @Test(arguments: [
        ("A=b c \nB=\n", ["A": "b c", "B": ""]),
        ("# A=1\n; A=2\n\n  A=3\n", ["A": "3"]),
        ("A=\"b c\"\nB='d \"e\"'\n", ["A": "b c", "B": "d \"e\""]),
        ("A=\"a\\\"b\\n\\$\" \nB=a\\ b\n", ["A": "a\"b\\n$", "B": "a b"]),
        ("A=\"one \\\ntwo\"\nB=one\\\ntwo\nC=3", ["A": "one two", "B": "onetwo", "C": "3"]),
        ("A=\"x\" 'y'\n", ["A": "xy"]), ("A\nB=1\n", ["B": "1"]), ("A=\"open\nB=1", ["A": "open\nB=1"]),
    ])
    func readsEnvironmentFiles(content: String, expected: [String: String]) {
        let variables = EnvironmentFile(parsing: Bytes(content.utf8)).variables.map {
            (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
        }
        #expect(Dictionary(variables) { $1 } == expected)
    }

    @Test(arguments: [
        ("--a=b  --c", ["--a=b", "--c"]), ("--a='b c' \"d\"e ''", ["--a=b c", "de", ""]),
        ("a\\ b \\\"c", ["a b", "\"c"]),
        ("'a\\b'", ["a\\b"]), ("", []), ("  ", []),
    ])
    func splitsWords(text: String, expected: [String]) {
        #expect(shellWords(Bytes(text.utf8)) == expected.map { Bytes($0.utf8) })
    }

    @Test func derivesASnapsVariables() {
        let variables = SnapArguments.variables(of: Bytes("/var/snap/microk8s/current/args/kubelet")).map {
            "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
        }
        #expect(
            variables == [
                "SNAP_DATA=/var/snap/microk8s/current", "SNAP_COMMON=/var/snap/microk8s/common",
                "SNAP=/snap/microk8s/current",
            ])
    }

    @Test func readsArgumentLines() {
        let lines = "--a=\"b c\"\n# --x\n\n  --c ${SNAP_DATA}/d e\n--f=$SNAP_DATA/$NONE.\n--g\ntext\n"
        let variables = [EnvironmentFile.Variable(name: Bytes("SNAP_DATA"), value: Bytes("/data"))]
        #expect(
            SnapArguments.arguments(in: Bytes(lines.utf8), variables: variables)
                == ["--a=b c", "--c", "/data/d e", "--f=/data/.", "--g"].map { Bytes($0.utf8) })
    }
}
