import CLinux
import LinuxSystem

/// What a kernel has built in or as modules: modules.dep(5), modules.builtin and the kernel's configuration.
struct KernelModules {
    /// Each module with the modules that it needs.
    private let dependencies: Bytes
    private let builtIn: Bytes
    private let configuration: Bytes
    /// The kernel's release; empty if none is found.
    let release: Bytes

    /// The largest of these files that is read, in bytes.
    private static let largest = 8 << 20

    /// The modules of the running kernel, or of the only kernel of a host below a directory.
    init(of host: borrowing ExaminedHost) {
        let modules = Bytes("/lib/modules/")
        release = host.isLive ? Self.runningRelease : Self.onlyRelease(host)
        dependencies = (try? host.read(modules + release + Bytes("/modules.dep"), limit: Self.largest)) ?? []
        builtIn = (try? host.read(modules + release + Bytes("/modules.builtin"), limit: Self.largest)) ?? []
        configuration = (try? host.read(Bytes("/boot/config-") + release, limit: Self.largest)) ?? []
    }

    init(dependencies: Bytes, builtIn: Bytes, configuration: Bytes) {
        (self.dependencies, self.builtIn, self.configuration) = (dependencies, builtIn, configuration)
        release = []
    }

    enum Presence: Equatable {
        case absent, module, builtIn
    }

    func presence(of name: StaticString) -> Presence {
        if line(of: name, in: dependencies) != nil { return .module }
        return line(of: name, in: builtIn) != nil ? .builtIn : .absent
    }

    /// Whether a module depends on another one, directly or indirectly.
    func module(_ name: StaticString, needs other: StaticString) -> Bool {
        guard let line = line(of: name, in: dependencies) else { return false }
        return line.split(separator: UInt8(ascii: " ")).dropFirst().contains { isFile($0, of: other) }
    }

    /// Whether an option of the kernel's configuration is set; nil without the configuration.
    func isConfigured(_ option: StaticString) -> Bool? {
        guard !configuration.isEmpty else { return nil }
        return configuration.split(separator: UInt8(ascii: "\n")).contains { line in
            line.starts(with: option) && line.dropFirst(option.utf8CodeUnitCount).first == UInt8(ascii: "=")
        }
    }

    /// The line that begins with a module's file.
    private func line(of name: StaticString, in list: Bytes) -> Bytes.SubSequence? {
        list.split(separator: UInt8(ascii: "\n")).first { line in
            isFile(line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ":") }, of: name)
        }
    }

    /// Whether a path is a module's file, which may be compressed: `kernel/fs/smb/client/cifs.ko.xz`.
    private func isFile(_ path: Bytes.SubSequence, of name: StaticString) -> Bool {
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex
        let file = path[start...]
        return file.starts(with: name) && file.dropFirst(name.utf8CodeUnitCount).starts(with: ".ko")
    }

    private static var runningRelease: Bytes {
        var text = [CChar](repeating: 0, count: 128)
        guard linux_kernel_release(&text, text.count) == 0 else { return [] }
        return Bytes(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    private static func onlyRelease(_ host: borrowing ExaminedHost) -> Bytes {
        let entries = (try? host.entries(of: Bytes("/lib/modules"), atMost: 64)) ?? []
        let releases = entries.map { $0.name }.filter { $0.first != UInt8(ascii: ".") }
        return releases.count == 1 ? releases[0] : []
    }
}
