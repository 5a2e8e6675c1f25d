/// Why a source has no answer, in words that follow the source's name: "PATH: REASON".
struct Refusal: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
