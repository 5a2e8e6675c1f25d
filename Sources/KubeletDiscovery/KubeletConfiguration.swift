import LinuxSystem

/// The two settings of a `KubeletConfiguration` that matter here, as the kubelet has them from its main
/// configuration file: pkg/kubelet/kubeletconfig/util/codec.
///
/// Only these settings and the form and type of the document are checked: a mistake elsewhere that the kubelet
/// would refuse goes unnoticed.
public struct KubeletConfiguration: Equatable, Sendable {
    /// `clusterDNS`, unchecked text: the kubelet takes anything, and drops what is not an address when it starts a
    /// Pod.
    public var clusterDNS: [Bytes]
    /// `clusterDomain`, unchecked text.
    public var clusterDomain: Bytes

    /// Why a file gives no settings.
    public enum Problem: Error, Sendable {
        /// A document of another kind, for instance a kubeconfig.
        case otherKind(Bytes)
        /// The kubelet would not start with it: in words that follow the file's name.
        case refused(String)

        var text: String {
            switch self {
            case .otherKind(let kind): "its kind is \(escaped(kind, limit: 60)), not KubeletConfiguration"
            case .refused(let reason): reason
            }
        }
    }

    public init(clusterDNS: [Bytes] = [], clusterDomain: Bytes = []) {
        self.clusterDNS = clusterDNS
        self.clusterDomain = clusterDomain
    }

    /// Reads YAML, or JSON where the first character is `{`. Unknown and duplicate keys are allowed, as the kubelet
    /// falls back to lenient decoding.
    public init(parsing content: Bytes) throws(Problem) {
        let document = try Document.parsed(content)
        var kind: Int?
        var version: Int?
        var servers: Int?
        var domain: Int?
        do throws(Refusal) {
            try document.checkKeys()
            try document.forEachMergedEntry { (key, value) throws(Refusal) in
                let name = document.content(of: key)
                // Kubernetes finds out the type with Go's own JSON decoder, which ignores the case of a key.
                if name.equalsIgnoringCase("kind") { kind = value }
                if name.equalsIgnoringCase("apiVersion") { version = value }
                if name.equals("clusterDNS") { servers = value }
                if name.equals("clusterDomain") { domain = value }
                // In JSON every duplicate has to fit its field, in YAML only the last one that is left.
                if document.isJSON { _ = try (document.strings(servers), document.string(domain)) }
            }
            clusterDNS = try document.strings(servers)
            clusterDomain = try document.string(domain)
        } catch {
            throw .refused(error.reason)
        }
        try document.checkType(kind: kind, version: version)
    }
}

extension Document {
    /// Reads a file of the kubelet's in either format.
    static func parsed(_ content: Bytes) throws(KubeletConfiguration.Problem) -> Document {
        do throws(Refusal) {
            let isJSON = content.first { !$0.isSpace } == UInt8(ascii: "{")
            guard let document = try isJSON ? JSONReader.read(content) : YAMLReader.read(content) else {
                throw Refusal("it is empty")
            }
            guard !document.hasExcessiveAliases else { throw Refusal("it repeats too much through aliases") }
            guard document.root != nil else { throw Refusal("it is not a mapping") }
            return document
        } catch {
            throw .refused(error.reason)
        }
    }

    /// Checks the document's type against the only one the kubelet has ever read its configuration from.
    fileprivate func checkType(kind: Int?, version: Int?) throws(KubeletConfiguration.Problem) {
        let name: Bytes
        let group: Bytes
        do throws(Refusal) {
            name = try string(kind)
            group = try string(version)
        } catch {
            throw .refused(error.reason)
        }
        guard !name.isEmpty else { throw .refused("it has no kind") }
        guard name.equals("KubeletConfiguration") else { throw .otherKind(name) }
        guard group.equals("kubelet.config.k8s.io/v1beta1") else {
            throw .refused("its apiVersion is not kubelet.config.k8s.io/v1beta1")
        }
    }

    /// A field of type `[]string`. Without a value, and for null, it is empty; a null in the list is an empty
    /// string.
    func strings(_ field: Int?) throws(Refusal) -> [Bytes] {
        guard let field = field.map(target(of:)), self[field].kind != .null else { return [] }
        guard self[field].kind == .sequence else { throw Refusal("clusterDNS is not a list") }
        var strings: [Bytes] = []
        try forEachChild(of: field) { (child) throws(Refusal) in
            strings.append(try string(child))
        }
        return strings
    }

    /// A field of type `string`. Without a value, and for null, it is empty.
    func string(_ field: Int?) throws(Refusal) -> Bytes {
        guard let field = field.map(target(of:)), self[field].kind != .null else { return [] }
        guard self[field].kind == .string else { throw Refusal("a value that must be text is none") }
        return Bytes(content(of: field))
    }
}
