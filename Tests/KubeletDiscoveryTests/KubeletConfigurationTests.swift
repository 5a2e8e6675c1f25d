import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct KubeletConfigurationTests {
    private static let head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    private static let jsonHead = #"{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration""#

    @Test(arguments: [
        ("clusterDNS: [10.96.0.10, fd00::a]", ["10.96.0.10", "fd00::a"]),
        ("clusterDNS:\n- 10.96.0.10\n", ["10.96.0.10"]),
        ("clusterDNS:\r\n  - \"10.96.0.10\"\r\n  - '::1'\r\n", ["10.96.0.10", "::1"]),
        ("clusterDNS: []", []), ("clusterDNS:", []), ("clusterDNS: ~", []), ("clusterDNS: null", []), ("", []),
        ("clusterDNS: [null, 10.96.0.10]", ["", "10.96.0.10"]),
        ("clusterDNS: [1.1.1.1]\nclusterDNS: [2.2.2.2]", ["2.2.2.2"]),
        ("clusterDNS: 5\nclusterDNS: [2.2.2.2]", ["2.2.2.2"]),
        ("ClusterDNS: [1.1.1.1]", []), ("clusterdns: [1.1.1.1]", []),
        ("other: &dns [1.1.1.1]\nclusterDNS: *dns", ["1.1.1.1"]),
        ("x: &a {clusterDNS: [1.1.1.1]}\n<<: *a", ["1.1.1.1"]),
        ("x: &a {clusterDNS: [1.1.1.1]}\ny: &b {clusterDNS: [2.2.2.2]}\n<<: [*a, *b]", ["1.1.1.1"]),
        ("x: &a {clusterDNS: [1.1.1.1]}\nclusterDNS: [3.3.3.3]\n<<: *a", ["1.1.1.1"]),
        ("x: &a {clusterDNS: [1.1.1.1]}\n<<: *a\nclusterDNS: [3.3.3.3]", ["3.3.3.3"]),
        ("\"<<\": {clusterDNS: [1.1.1.1]}", []),
        ("clusterDNS: [!!str 5, '6', !mine 7, \"\\x38\"]", ["5", "6", "7", "8"]),
        (
            "clusterDNS: [2001-01-01, 1e3, _1, yEs, 0x, 1:20, nUll, .nAn]",
            ["2001-01-01", "1e3", "_1", "yEs", "0x", "1:20", "nUll", ".nAn"]
        ),
        ("clusterDNS: [1.1.1.1]\n---\nclusterDNS: 5\n", ["1.1.1.1"]),
        ("clusterDNS: [1.1.1.1]\n---\n%&*\n", ["1.1.1.1"]),
    ])
    func takesServers(settings: String, expected: [String]) throws {
        let configuration = try KubeletConfiguration(parsing: Bytes((Self.head + settings).utf8))
        #expect(configuration.clusterDNS == expected.map { Bytes($0.utf8) })
    }

    @Test(arguments: [
        ("clusterDomain: cluster.local", "cluster.local"), ("clusterDomain: 'a.b.'", "a.b."),
        ("clusterDomain:", ""), ("clusterDomain: \"on\"", "on"), ("", ""),
    ])
    func takesTheDomain(settings: String, expected: String) throws {
        let configuration = try KubeletConfiguration(parsing: Bytes((Self.head + settings).utf8))
        #expect(configuration.clusterDomain == Bytes(expected.utf8))
    }

    @Test(arguments: [
        "clusterDNS: 10.96.0.10", "clusterDNS: {a: b}", "clusterDNS: [5]", "clusterDNS: [0x1F]", "clusterDNS: [08]",
        "clusterDNS: [1_0]", "clusterDNS: [1.5]", "clusterDNS: [.5]", "clusterDNS: [1e+3]", "clusterDNS: [-.inf]",
        "clusterDNS: [on]", "clusterDNS: [[1.1.1.1]]", "clusterDNS: [.NaN]", "clusterDNS: [0o17, 0b11]",
        "clusterDNS: [!!binary MS4xLjEuMQ==]", "clusterDNS: [!!int abc]",
        "clusterDomain: on", "clusterDomain: No", "clusterDomain: 5", "clusterDomain: [a]", "clusterDomain: TRUE",
        "<<: 5", "<<: [5]", "? [a]\n: b", "? {a: b}\n: c", "~: x", "nested: {~: x}",
        "clusterDNS: *unknown", "x: &a [*a]", "a: b: c", "\ta: b", "a: \"unfinished",
    ])
    func refusesWhatTheKubeletRefuses(settings: String) {
        #expect(throws: SourceProblem.self) {
            try KubeletConfiguration(parsing: Bytes((Self.head + settings).utf8))
        }
    }

    @Test(arguments: [
        "", " \n", "# only a comment\n", "---\n", "a string", "[a, list]", "clusterDNS: [1.1.1.1]",
        "kind: KubeletConfiguration\n", "apiVersion: kubelet.config.k8s.io/v1beta1\n",
        "%YAML 1.2\n---\nkind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n",
        "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1\n",
        "kind: 5\napiVersion: kubelet.config.k8s.io/v1beta1\n",
    ])
    func refusesADocumentWithoutTheRightType(document: String) {
        #expect(throws: SourceProblem.self) {
            try KubeletConfiguration(parsing: Bytes(document.utf8))
        }
    }

    @Test func tellsAKubeconfigApart() {
        #expect {
            try KubeletConfiguration(parsing: Bytes("apiVersion: v1\nkind: Config\nclusters: []\n"))
        } throws: { error in
            guard let problem = error as? SourceProblem else { return false }
            return problem.isOtherKind && problem.text.contains("Config,")
        }
    }

    @Test(arguments: [
        (#", "clusterDNS": ["10.96.0.10"]"#, ["10.96.0.10"]),
        (#", "clusterDNS": ["1.1.1.1"], "clusterDNS": ["2.2.2.2"]"#, ["2.2.2.2"]),
        (#", "clusterDNS": ["\u0031.1.1.1"]"#, ["1.1.1.1"]),
        (
            #", "clusterDNS": ["\uD83D\uDE00", "\ud83dx", "\ude00", "\uD83D\u0041"]"#,
            ["😀", "\u{FFFD}x", "\u{FFFD}", "\u{FFFD}A"]
        ),
        (#", "clusterDNS": ["\/\n\t\"\\"]"#, ["/\n\t\"\\"]),
        (#", "clusterDNS": null"#, []), (#", "clusterDNS": []"#, []), (#", "other": [{}, [], -0.5e+7, true]"#, []),
    ])
    func readsJSON(settings: String, expected: [String]) throws {
        let configuration = try KubeletConfiguration(
            parsing: Bytes(("\n " + Self.jsonHead + settings + "}\n").utf8))
        #expect(configuration.clusterDNS == expected.map { Bytes($0.utf8) })
    }

    @Test(arguments: [
        ",}", "} x", "}{}", ", \"a\": 'b'}", ", a: b}", ", \"a\": 01}", ", \"a\": [1,]}", ", \"a\" 1}",
        ", \"a\": tru}",
        ", \"a\": \"\n\"}", ", \"a\": \"\\x\"}", ", \"a\": \"\\u12\"}", ", \"a\": [}", ", \"a\": .5}",
        ", \"a\": +1}",
        ", \"a\": 1.}", ", \"a\": 1e}", ", # comment\n \"a\": 1}", "", ", \"a\": \"", ", \"a\"", ", \"a\": [1",
        ", \"clusterDNS\": 5, \"clusterDNS\": [\"1.1.1.1\"]}", ", \"clusterDNS\": [5]}",
    ])
    func refusesWhatIsNotJSON(rest: String) {
        #expect(throws: SourceProblem.self) {
            try KubeletConfiguration(parsing: Bytes((Self.jsonHead + rest).utf8))
        }
    }

    @Test func readsManyServersAmongManyKeys() throws {
        let servers = (0..<20_000).map { "\"10.0.\($0 / 256).\($0 % 256)\"" }.joined(separator: ",")
        let keys = (0..<20_000).map { ",\"k\($0)\":0" }.joined()
        let document = Self.jsonHead + ",\"clusterDNS\":[\(servers)]\(keys)}"
        let configuration = try KubeletConfiguration(parsing: Bytes(document.utf8))
        #expect(configuration.clusterDNS.count == 20_000)
        #expect(configuration.clusterDNS.last == Bytes("10.0.78.31"))
    }

    @Test func readsAByteOrderMarkAndUTF16() throws {
        let text = Self.head + "clusterDNS: [1.1.1.1]\n"
        var utf16: Bytes = [0xFF, 0xFE]
        for unit in text.utf16 { utf16 += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        for content in [[0xEF, 0xBB, 0xBF] + Bytes(text.utf8), utf16] {
            #expect(try KubeletConfiguration(parsing: content).clusterDNS == [Bytes("1.1.1.1")])
        }
    }

    @Test func refusesAnAliasBomb() {
        var bomb = Self.head + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let parts = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(parts)]\n"
        }
        #expect(throws: SourceProblem.self) { try KubeletConfiguration(parsing: Bytes(bomb.utf8)) }
    }

    @Test(arguments: [false, true]) func refusesDeepNesting(json: Bool) {
        let deep = String(repeating: "[", count: 10_001) + String(repeating: "]", count: 10_001)
        let document = json ? Self.jsonHead + ", \"a\": \(deep)}" : Self.head + "a: \(deep)\n"
        #expect(throws: SourceProblem.self) {
            try KubeletConfiguration(parsing: Bytes(document.utf8))
        }
    }

    // Each of these would keep libyaml busy for seconds, and is within the limits on size and depth.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("a: " + String(repeating: "[", count: 1_000) + String(repeating: "x,", count: 150_000), "nested"),
            (String(repeating: "# 100%\n", count: 5_001), "percent"),
        ])
    func refusesWhatIsSlowToRead(rest: String, reason: String) {
        let problem = #expect(throws: SourceProblem.self) {
            try KubeletConfiguration(parsing: Bytes((Self.head + rest).utf8))
        }
        #expect(problem?.text.contains(reason) == true)
    }

    @Test func readsDeepNestingAndPercentSigns() throws {
        let deep = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
        let text = Self.head + "a: \(deep)\nb: x\(String(repeating: "%", count: 5_000))\nclusterDNS: [1.1.1.1]\n"
        #expect(try KubeletConfiguration(parsing: Bytes(text.utf8)).clusterDNS == [Bytes("1.1.1.1")])
    }
}
