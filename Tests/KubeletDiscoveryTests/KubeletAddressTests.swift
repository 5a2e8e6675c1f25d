import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct KubeletAddressTests {
    @Test(arguments: [
        ("10.96.0.10", "10.96.0.10"), ("010.096.000.0010", "10.96.0.10"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("fd00::10", "fd00::10"), ("FD00:0:0:0::0A", "fd00::a"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::ffff:a00:1", "10.0.0.1"),
        ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
    ])
    func reads(text: String, expected: String) {
        #expect(IPAddress(kubelet: Bytes(text.utf8))?.text == expected)
    }

    @Test(arguments: [
        "", " 10.0.0.1", "10.0.0.1 ", "10.0.0", "10.0.0.1.2", "10.0.0.256", "10..0.1", "1.2.3.", "10.x.0.0.1",
        "a.b.c.d", "5", "kube-dns", "1:", "1:2:3:4:5:6:7", "1::2::3", "12345::", "fe80::1%eth0", "[::1]",
        "10.0.0.1:53",
    ])
    func drops(text: String) {
        #expect(IPAddress(kubelet: Bytes(text.utf8)) == nil)
    }
}
