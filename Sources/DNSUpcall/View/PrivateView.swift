import CLinux
import DNS
import LinuxSystem

/// What the kernel refused when the process tried to enter a private view.
public struct IsolationProblem: Error, Equatable, Sendable {
    public enum Step: Equatable, Sendable {
        case unshare
        case propagation
        case staging
        case resolvConf
    }

    public let step: Step
    public let errno: Errno

    public init(step: Step, errno: Errno) {
        self.step = step
        self.errno = errno
    }

    public var text: String {
        let step: StaticString =
            switch step {
            case .unshare: "unsharing the mount namespace"
            case .propagation: "making mount propagation private"
            case .staging: "mounting a tmpfs for the generated resolv.conf"
            case .resolvConf: "putting the generated resolv.conf over /etc/resolv.conf"
            }
        return "\(step) failed: \(errno.text)"
    }
}

/// A mount namespace of the process's own, with a generated `/etc/resolv.conf`. Nothing outside the process
/// changes, and nothing is left when it ends.
public enum PrivateView {
    /// Any directory will do that exists on every Linux system and that no lookup reads: the namespace sees a tmpfs
    /// there.
    private static let staging: StaticString = "/sys"

    /// The other files below `/etc` that getaddrinfo(3) reads.
    private static let resolverFiles: [StaticString] = ["hosts", "host.conf", "gai.conf"]

    public static func enter(_ resolvConf: ClusterResolvConf) throws(IsolationProblem) {
        try step(.unshare) { () throws(Errno) in
            if geteuid() == 0 { try MountNamespace.unshare() } else { try MountNamespace.unshareAsUser() }
        }
        try step(.propagation, MountNamespace.makePropagationPrivate)
        try step(.staging) { () throws(Errno) in
            try MountNamespace.mountTmpfs(at: staging, size: 16 << 20)
            try stage(resolvConf.content, as: "resolv.conf")
        }
        do {
            try MountNamespace.bind(stagingPath("resolv.conf"), over: ResolvConfFile.path)
        } catch {
            // There is no file to mount over, or it is a dangling symbolic link.
            try step(.resolvConf, replaceEtc)
        }
    }

    /// Replaces the whole of `/etc` with the staged files, including copies of the other files that the resolver
    /// reads there.
    private static func replaceEtc() throws(Errno) {
        for name in resolverFiles {
            if let content = try? readRegularFile(Bytes("/etc/") + Bytes(name), limit: 8 << 20) {
                try stage(content, as: name)
            }
        }
        try MountNamespace.bind(Bytes(staging), over: "/etc")
    }

    private static func stage(_ content: Bytes, as name: StaticString) throws(Errno) {
        try FileDescriptor.open(stagingPath(name), O_WRONLY | O_CREAT | O_EXCL, mode: 0o644).write(content)
    }

    private static func stagingPath(_ name: StaticString) -> Bytes {
        var path = Bytes(staging)
        path += "/"
        path += name
        return path
    }

    private static func step(
        _ step: IsolationProblem.Step, _ body: () throws(Errno) -> Void
    ) throws(IsolationProblem) {
        do { try body() } catch { throw IsolationProblem(step: step, errno: error) }
    }
}
