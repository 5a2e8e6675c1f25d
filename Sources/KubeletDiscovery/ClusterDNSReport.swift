import LinuxSystem

extension ClusterDNS {
    /// The members `clusterDNS`, `clusterDomain`, `clusterDNSSources` and `clusterDNSError` of a JSON object.
    ///
    /// `clusterDNSError` is null if and only if there are servers.
    public func write(to json: inout JSONWriter) {
        json.key("clusterDNS")
        json.array { json in
            for server in servers { json.string(server.text) }
        }
        json.key("clusterDomain")
        json.string(domain)
        json.key("clusterDNSSources")
        json.array { json in
            for source in sources { json.string(source) }
        }
        json.key("clusterDNSError")
        if !servers.isEmpty {
            json.null()
        } else {
            json.string(problem ?? "no kubelet was found")
        }
    }

    /// The settings as one JSON object, without a newline.
    public var json: Bytes {
        var json = JSONWriter()
        json.object(write)
        return json.bytes
    }
}
