import DNSUpcall
import LinuxSystem

extension AFSRestrictions {
    /// Adds what `-N` of kafs-dns(8) names: the manual spells it `vl-`, the program `vls-`.
    ///
    /// - Returns: Whether there is such a restriction.
    mutating func add(_ name: Bytes) -> Bool {
        if name.equals("vl-srv") || name.equals("vls-srv") {
            srv = true
        } else if name.equals("vl-afsdb") || name.equals("vls-afsdb") {
            afsdb = true
        } else if name.equals("vl-all") || name.equals("vls-all") {
            (srv, afsdb) = (true, true)
        } else if name.equals("vl-host") || name.equals("vls-host") {
            hosts = true
        } else if name.equals("dns") || name.equals("vl-dns") {
            (srv, afsdb, hosts) = (true, true, true)
        } else {
            return false
        }
        return true
    }
}
