import LinuxSystem

/// Why a source of settings has no answer: a sentence for a person, with the source's name.
struct SourceProblem: Error {
    let text: String
    /// Whether the file is simply not the kubelet's: the same path means other things elsewhere.
    var isOtherKind = false

    init(_ text: String) {
        self.text = text
    }

    init(_ path: Bytes, _ refusal: FileRefusal) {
        text = "\(escaped(path)): \(refusal.text)"
    }

    init(_ path: Bytes, _ refusal: Refusal) {
        text = "\(escaped(path)): \(refusal.reason)"
    }

    init(_ path: Bytes, _ problem: KubeletConfiguration.Problem) {
        text = "\(escaped(path)): \(problem.text)"
        if case .otherKind = problem { isOtherKind = true }
    }
}
