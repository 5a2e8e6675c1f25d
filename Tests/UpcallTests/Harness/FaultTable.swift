import Foundation
import Testing

/// What requesters get during faults, for docs/faults.md.
struct FaultTable {
    /// The file to write; nil if no table is wanted.
    static let path = ProcessInfo.processInfo.environment["FAULT_TABLE"]

    private var text = """
        # Faults

        What a requester gets while something is broken, measured with the real kernel: request_key(2),
        `/sbin/request-key`, the program, and servers on loopback addresses. The first "after" is the time until the
        requester goes on, with all options at their defaults; "for" is the lifetime of the key. The last two columns
        are the next lookup, after the fault is gone: the fault does not affect it. `make faults`, as root, repeats the
        measurements and writes this page.

        """
    /// The subject of the following rows.
    var heading = "" {
        didSet {
            text +=
                "\n| \(heading) | the requester gets | after | for | the next one gets | after |\n|---|---|---|---|---|---|\n"
        }
    }

    mutating func add(
        _ fault: String, _ upcall: Upcall, next: Upcall, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(next.errno == nil, "after '\(fault)': \(next.outcome)", sourceLocation: sourceLocation)
        #expect(next.outcome.hasPrefix("10.1"), "after '\(fault)': \(next.outcome)", sourceLocation: sourceLocation)
        let lifetime = upcall.key?.secondsLeft.map { "\($0) s" } ?? "–"
        text +=
            "| \(fault) | \(answer(upcall)) | \(time(upcall)) | \(lifetime) | \(answer(next)) | \(time(next)) |\n"
    }

    func write() throws {
        guard let path = Self.path else { return }
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func answer(_ upcall: Upcall) -> String {
        upcall.errno.map { name(of: $0.code) } ?? "the address"
    }

    private func time(_ upcall: Upcall) -> String {
        upcall.seconds < 0.1
            ? String(format: "%.0f ms", upcall.seconds * 1000) : String(format: "%.1f s", upcall.seconds)
    }

    private func name(of errno: Int32) -> String {
        switch errno {
        case EAGAIN: "EAGAIN"
        case ECONNREFUSED: "ECONNREFUSED"
        case ENODATA: "ENODATA"
        case EIO: "EIO"
        case ENOKEY: "ENOKEY"
        case EKEYREJECTED: "EKEYREJECTED"
        case EKEYREVOKED: "EKEYREVOKED"
        case EKEYEXPIRED: "EKEYEXPIRED"
        default: "errno \(errno)"
        }
    }
}
