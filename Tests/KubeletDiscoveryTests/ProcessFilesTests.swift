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

    @Test(arguments: [
        (["/usr/bin/kubelet", "--a"], KubeletProgram.kubelet(arguments: [Bytes("--a")])),
        (["kubelet", "--version"], nil), (["kubelet", "-h"], nil), (["kubelet "], nil), (["/kubelet/x"], nil),
        (["/hyperkube", "kubelet", "--a"], .kubelet(arguments: [Bytes("--a")])), (["hyperkube", "scheduler"], nil),
        (["kubelite", "--kubelet-args-file=/a", "--b"], .kubelite(argumentFile: Bytes("/a"))), (["kubelite"], nil),
        (["/usr/local/bin/k3s server"], .k3s), (["k3s", "agent"], .k3s), (["k3s", "kubectl"], nil), ([""], nil),
    ])
    func recognizesPrograms(commandLine: [String], expected: KubeletProgram?) {
        let content = commandLine.map { "\($0)\0" }.joined()
        #expect(KubeletProgram(commandLine: Bytes(content.utf8)) == expected)
    }
}
