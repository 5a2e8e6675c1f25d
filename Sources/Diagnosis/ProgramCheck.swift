import CLinux
import LinuxSystem

/// Whether the kernel can start the programs, and only root can change them.
enum ProgramCheck {
    /// The program that the kernel always starts, whatever the rules: security/keys/request_key.c.
    static func requestKey(_ host: borrowing ExaminedHost) -> Finding {
        let path: StaticString = "/sbin/request-key"
        if let problem = problem(Bytes(path), host) {
            return .bad(
                .requestKey, "\(path) \(problem): the kernel starts this program for each lookup",
                "install or reinstall the package keyutils")
        }
        return .good(.requestKey, "the kernel can start \(path)")
    }

    /// The program that a rule names.
    static func handler(_ path: Bytes, _ host: borrowing ExaminedHost) -> [Finding] {
        let name = escaped(path)
        let identity = ProgramIdentity(of: path, on: host)
        if let problem = problem(path, host) {
            return [.bad(.program, "\(name) \(problem)", "reinstall the program as root, with mode 755")]
        }
        if let status = host.status(of: path), let reason = host.tree.distrust(of: status) {
            return [
                .bad(
                    .program, "\(name): \(reason.text) (mode \(status.mode), owner \(status.st_uid))",
                    "chown root:root \(name) && chmod 755 \(name)")
            ]
        }
        switch identity {
        case .foreign: return []
        case .otherVersion:
            return [
                .warning(
                    .program, "\(name) is another version of the program than this one",
                    "check with '\(name) --check', or install this one")
            ]
        case .same, .copy: return [.good(.program, "\(name) belongs to root, and only root may write to it")]
        }
    }

    /// Why the kernel cannot execute a file, in words that follow its name; nil if it can.
    private static func problem(_ path: Bytes, _ host: borrowing ExaminedHost) -> String? {
        guard let status = host.status(of: path) else { return "does not exist" }
        guard status.isRegularFile else { return "is not a regular file" }
        guard status.isExecutable else { return "is not executable (mode \(status.mode))" }
        return host.isLive ? mountProblem(path, host) : nil
    }

    private static func mountProblem(_ path: Bytes, _ host: borrowing ExaminedHost) -> String? {
        var system = statfs()
        guard let file = try? host.tree.open(path, Int32(linux_o_path)), fstatfs(file.rawValue, &system) == 0 else {
            return nil
        }
        if system.f_flags & Int(linux_st_noexec) != 0 { return "is on a file system that is mounted noexec" }
        if isNetwork(UInt32(truncatingIfNeeded: system.f_type)) {
            return "is on a network mount, whose own lookups would wait for it"
        }
        return nil
    }

    /// The magic numbers of AFS, kAFS, Ceph, CIFS, Coda, NFS, SMB and SMB2 in linux/magic.h and the kernel's sources.
    private static func isNetwork(_ magic: UInt32) -> Bool {
        switch magic {
        case 0x5346_414F, 0x6B41_4653, 0x00C3_6400, 0xFF53_4D42, 0x7375_7245, 0x6969, 0x517B, 0xFE53_4D42: true
        default: false
        }
    }
}
