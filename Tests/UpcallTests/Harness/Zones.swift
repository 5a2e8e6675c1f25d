/// The data of the tests' DNS servers and /etc/hosts. The label below `svc` says what a Service there has.
enum Zones {
    static let manyAddresses = 200
    static let someAddresses = 40
    static let mostAddresses = 3000

    static let cluster = [
        "cluster.local": start + services(withDomain: "cluster.local"),
        "k8s.test": start + services(withDomain: "k8s.test"),
        // Every other name: forwarded by CoreDNS, or in a stub domain of the cluster.
        ".": start + """
            *.stub.example. A 10.60.0.1
            *.both.example. A 10.60.0.2
            *.textonly.example. A 10.60.0.3
            *.broken.example. A 10.60.0.4

            """,
    ]

    static let host = [
        ".": start + """
            *.host.example. A 10.61.0.1
            *.cell.example. AFSDB 1 vl.host.example.
            *.both.example. A 10.61.0.2
            upcall-cluster-short.search.example. A 10.61.0.3
            *.textonly.example. TXT "no address"
            *.dual.example. A 10.61.0.4
            *.dual.example. AAAA fd61::4
            *.v6.example. AAAA fd61::6
            *.two.example. A 10.61.0.7
            *.two.example. A 10.61.0.8
            *.srv.example. SRV 5 1 7103 vl.host.example.
            *.srvpair.example. SRV 20 0 7003 vl.host.example.
            *.srvpair.example. SRV 10 0 7103 vl.dual.example.
            *.badsrv.example. SRV 0 0 0 .
            *.badsrv.example. AFSDB 1 vl.host.example.
            *.dualcell.example. AFSDB 1 vl.dual.example.
            ; Never what a name of the cluster's may resolve to.
            *.svc.cluster.local. A 192.0.2.66
            *.v4.svc. A 192.0.2.66
            upcall-nokubelet-known.v4.svc.cluster.local. A 10.61.0.5

            """
    ]

    static let hostsFile = """
        10.70.0.1 upcall-cluster-hostsfile.v4.svc.cluster.local
        10.70.0.2 upcall-cluster-hostsfile.example
        10.70.0.4 upcall-ownlifetimes-hostsfile.example
        fd70::3 upcall-cluster-hostsfile6.v4.svc.cluster.local

        """

    private static let start = "$TTL 30\n@ SOA ns.invalid. nobody.invalid. 1 3600 600 86400 5\n@ NS ns.invalid.\n"

    private static func services(withDomain domain: String) -> String {
        func records(_ owner: String, _ count: Int, _ data: (Int) -> String) -> String {
            (0..<count).map { "\(owner).\(domain). \(data($0))\n" }.joined()
        }
        func v4(_ prefix: String) -> (Int) -> String {
            { "A \(prefix).\($0 / 250).\($0 % 250 + 1)" }
        }
        return """
            kubernetes.default.svc.\(domain). A 10.96.0.1
            *.v4.svc.\(domain). A 10.10.0.2
            *.v6.svc.\(domain). AAAA fd10::2
            *.dual.svc.\(domain). A 10.10.0.3
            *.dual.svc.\(domain). AAAA fd10::3
            *.two.svc.\(domain). A 10.10.0.4
            *.two.svc.\(domain). A 10.10.0.5
            *.near.svc.\(domain). A 10.10.0.7
            *.near.svc.\(domain). A 127.0.0.1
            *.ttl3.svc.\(domain). 3 A 10.10.0.8
            *.ttl0.svc.\(domain). 0 A 10.10.0.9
            *.alias.svc.\(domain). CNAME target.v4.svc
            *.textonly.svc.\(domain). TXT "no address"
            *.notservice.\(domain). A 10.10.0.6
            *.afs.svc.\(domain). 120 SRV 5 1 7103 vl.v4.svc
            *.afsdb.svc.\(domain). 120 AFSDB 1 vl.v4.svc
            *.noafs.svc.\(domain). SRV 0 0 0 .
            *.noafs.svc.\(domain). AFSDB 1 vl.v4.svc
            *.afsdual.svc.\(domain). AFSDB 1 vl.dual.svc

            """.appending(records("*.some.svc", someAddresses, v4("10.11")))
                .appending(records("*.many.svc", manyAddresses, v4("10.12")))
                .appending(records("*.most.svc", mostAddresses, v4("10.13")))
                .appending(records("*.afs40.svc", 40) { "SRV 0 \($0) 7003 vl\($0).v4.svc" })
                .appending(records("*.afsdb40.svc", 40) { "AFSDB 1 vl\($0).v4.svc" })
                .appending(records("*.many6.svc", manyAddresses) { "AAAA fd12::\(String($0 + 1, radix: 16))" })
    }
}
