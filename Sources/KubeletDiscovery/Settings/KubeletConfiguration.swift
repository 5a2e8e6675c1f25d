import LinuxSystem

/// The DNS settings in a `KubeletConfiguration`, as the kubelet reads them from its main configuration file:
/// pkg/kubelet/kubeletconfig/util/codec.
///
/// Only these settings and the document's syntax and type are checked: an error elsewhere that keeps the kubelet
/// from starting goes unnoticed.
struct KubeletConfiguration: Equatable {
    /// `clusterDNS`. The kubelet accepts any strings here, and drops those that are not addresses when it starts a
    /// Pod.
    let clusterDNS: [Bytes]
    /// `clusterDomain`, any string.
    let clusterDomain: Bytes

    /// Reads JSON or YAML. Unknown and duplicate keys are allowed, because the kubelet falls back to lenient
    /// decoding.
    init(parsing content: Bytes) throws(SourceProblem) {
        let document = try Document(parsing: content)
        var kind: Int?
        var version: Int?
        var servers: Int?
        var domain: Int?
        try document.checkKeys()
        try document.forEachMergedEntry { (key, value) throws(SourceProblem) in
            let name = document.content(of: key)
            // Kubernetes reads the type with Go's own JSON decoder, which ignores the case of keys.
            if name.equalsIgnoringCase("kind") { kind = value }
            if name.equalsIgnoringCase("apiVersion") { version = value }
            // In JSON every duplicate must have the field's type, in YAML only the last.
            if name.equals("clusterDNS") {
                servers = value
                if document.isJSON { _ = try document.strings(value, named: "clusterDNS") }
            }
            if name.equals("clusterDomain") {
                domain = value
                if document.isJSON { _ = try document.string(value, named: "clusterDomain") }
            }
        }
        clusterDNS = try document.strings(servers, named: "clusterDNS")
        clusterDomain = try document.string(domain, named: "clusterDomain")
        try Self.checkType(
            kind: document.string(kind, named: "kind"), version: document.string(version, named: "apiVersion"))
    }

    /// Checks the document's type against the only one from which the kubelet has ever read its configuration.
    private static func checkType(kind: Bytes, version: Bytes) throws(SourceProblem) {
        guard !kind.isEmpty else { throw SourceProblem("it has no kind") }
        guard kind.equals("KubeletConfiguration") else { throw SourceProblem(otherKind: kind) }
        guard version.equals("kubelet.config.k8s.io/v1beta1") else {
            throw SourceProblem("its apiVersion is not kubelet.config.k8s.io/v1beta1")
        }
    }
}
