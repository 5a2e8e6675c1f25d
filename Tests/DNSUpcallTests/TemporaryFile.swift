import Foundation
import LinuxSystem

/// A path in a directory of its own, where nothing is yet; removed at the end of the value's life.
final class TemporaryFile {
    private let directory: URL
    let path: String
    var bytes: Bytes { Bytes(path.utf8) }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "resolver-test.\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        path = directory.appending(path: "state/answers").path
    }

    deinit { try? FileManager.default.removeItem(at: directory) }
}
