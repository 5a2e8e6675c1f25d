import Foundation
import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct ClusterDNSReportTests {
    @Test func writesOneObject() throws {
        let servers = ["10.96.0.10", "fd00::a"].compactMap { IPAddress($0.utf8) }
        let found = ClusterDNS(servers: servers, domain: Bytes("a.b"), sources: ["x", "y"], problem: "left aside")
        #expect(
            String(decoding: found.json, as: UTF8.self) == """
                {"clusterDNS":["10.96.0.10","fd00::a"],"clusterDomain":"a.b","clusterDNSSources":["x","y"],\
                "clusterDNSError":null}
                """)
    }

    @Test func tellsWhyThereAreNoServers() {
        #expect(
            String(decoding: ClusterDNS(problem: "\"it\"\n").json, as: UTF8.self) == """
                {"clusterDNS":[],"clusterDomain":"cluster.local","clusterDNSSources":[],\
                "clusterDNSError":"\\"it\\"\\u000a"}
                """)
        #expect(String(decoding: ClusterDNS().json, as: UTF8.self).hasSuffix("\"no kubelet was found\"}"))
    }

    @Test func escapesWhatJSONDemands() throws {
        var json = JSONWriter()
        json.array { json in
            json.string(Bytes([0x22, 0x5C, 0x00, 0x1F, 0x7F, 0xFF, 0xC3, 0xA9]))
            json.number(-5)
            json.boolean(true)
            json.null()
            json.object { json in
                json.key("a")
                json.object { _ in }
                json.key("b")
                json.boolean(false)
            }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"["\"\\\u0000\u001f\u007f\#u{FFFD}é",-5,true,null,{"a":{},"b":false}]"#)
        #expect(try JSONSerialization.jsonObject(with: Data(json.bytes)) is [Any])
    }
}
