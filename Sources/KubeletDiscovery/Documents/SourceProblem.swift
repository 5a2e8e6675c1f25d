import LinuxSystem

/// Why a source of settings gives none.
///
/// A parser does not know where its text comes from: its caller adds that.
struct SourceProblem: Error {
    /// What is wrong, in words that follow the source's name.
    let reason: String
    /// The file or process, in printable ASCII.
    private(set) var source: String?
    /// Whether the document is valid but not the kubelet's: other programs use some of its paths too.
    private(set) var isOtherKind = false

    init(_ reason: String, source: String? = nil) {
        self.reason = reason
        self.source = source
    }

    init(_ problem: FileProblem) {
        reason = problem.text
    }

    /// A document whose `kind` is not the kubelet's.
    init(otherKind kind: Bytes) {
        reason = "its kind is \(escaped(kind, limit: 60)), not KubeletConfiguration"
        isOtherKind = true
    }

    /// A sentence for a person to read.
    var text: String {
        guard let source else { return reason }
        return "\(source): \(reason)"
    }

    /// The same problem with its source.
    func at(_ source: String) -> SourceProblem {
        var problem = self
        problem.source = source
        return problem
    }

    /// The same problem with the path of its file.
    func at(_ path: Bytes) -> SourceProblem {
        at(escaped(path))
    }
}
