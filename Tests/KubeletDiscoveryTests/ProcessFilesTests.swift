import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct ProcessFilesTests {
    @Test func findsTheStartTimeBehindAnyName() {
        let rest = Array(repeating: "0", count: 18).joined(separator: " ")
        #expect(ProcessFiles.startTime(stat: Bytes("1 (a) b) S \(rest) 4211 5".utf8)) == 4211)
        #expect(ProcessFiles.startTime(stat: Bytes("1 (a) S \(rest)".utf8)) == nil)
        #expect(ProcessFiles.startTime(stat: Bytes("1 (a) Z \(rest) 4211 5".utf8)) == nil)
        #expect(ProcessFiles.startTime(stat: Bytes("1".utf8)) == nil)
    }

    @Test func splitsTheCommandLine() {
        #expect(ProcessFiles.arguments(commandLine: Bytes("a\0\0b\0".utf8)) == [Bytes("a"), [], Bytes("b")])
        #expect(ProcessFiles.arguments(commandLine: []).isEmpty)
    }

    @Test(arguments: [
        ("Uid:\t0\t0\t0\t0\nNSpid:\t5\n", true), ("Uid:\t0\t0\t0\t1000\nNSpid:\t5\n", false),
        ("Uid:\t0\t0\t0\t0\nNSpid:\t5\t1\n", false), ("Uid:\t0\t0\t0\t0\n", false), ("NSpid:\t5\n", false),
        ("Name:\tUid:\t0\t0\t0\t0\nUid:\t1\t1\t1\t1\nNSpid:\t5\n", false), ("", false),
    ])
    func trustsRootOutsideContainers(status: String, expected: Bool) {
        #expect(ProcessFiles.isRootOutsideContainers(status: Bytes(status.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("/usr/bin/kubelet", .kubelet), ("/kubelet (deleted)", .kubelet), ("/opt/kubelet1.34", .kubelet),
            ("/kubelet-1.34+x", nil), ("/kubelet-1.34.0-1", .kubelet), ("/hyperkube", .hyperkube),
            ("/snap/kubelite", .kubelite), ("/k3s", .k3s), ("/usr/bin/sudo", nil), ("/kubelet/x", nil), ("", nil),
        ] as [(String, KubeletProgram?)])
    func recognizesExecutables(path: String, expected: KubeletProgram?) {
        #expect(KubeletProgram(executable: Bytes(path.utf8)) == expected)
    }

    @Test(
        arguments: [
            (.kubelet, "kubelet --a", .flags([Bytes("--a")])), (.kubelet, "kubelet --version", nil),
            (.kubelet, "kubelet -h", nil), (.hyperkube, "/hyperkube kubelet --a", .flags([Bytes("--a")])),
            (.hyperkube, "hyperkube scheduler", nil),
            (.kubelite, "kubelite --kubelet-args-file=/a --b", .file(Bytes("/a"))), (.kubelite, "kubelite", nil),
            (.k3s, "/usr/local/bin/k3s_server", .hidden), (.k3s, "k3s agent", .hidden), (.k3s, "k3s kubectl", nil),
            (.k3s, "", nil),
        ] as [(KubeletProgram, String, KubeletArguments?)])
    func readsCommandLines(program: KubeletProgram, words: String, expected: KubeletArguments?) {
        let content = words.split(separator: " ").map { "\($0.replacing("_", with: " "))\0" }.joined()
        #expect(KubeletArguments(of: program, commandLine: Bytes(content.utf8)) == expected)
    }
}
