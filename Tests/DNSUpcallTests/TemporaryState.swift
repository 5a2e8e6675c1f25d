import CLinux
import Foundation
import LinuxSystem

/// A state directory that does not exist yet; removed with this object.
final class TemporaryState {
    private let parent: URL
    let directory: StateDirectory
    /// The path of the last answers in it.
    let path: String

    init() throws {
        parent = FileManager.default.temporaryDirectory.appending(path: "resolver-test.\(UUID())")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: false)
        directory = StateDirectory(Bytes(parent.appending(path: "state").path.utf8), owner: geteuid())
        path = parent.appending(path: "state/answers").path
    }

    deinit { try? FileManager.default.removeItem(at: parent) }
}
