import LinuxSystem

/// The kernel's description of the key to be constructed: `type;uid;gid;permissions;description`, as returned by
/// keyctl_describe(3).
public struct KeyDescription: Equatable, Sendable {
    public let type: Bytes
    /// The user on whose behalf the key was created: 0 for the kernel itself.
    public let userID: Bytes
    /// The request. Any local user may have written it.
    public let description: Bytes

    /// Splits only at the first four semicolons: the description may contain more.
    ///
    /// - Throws: ``RequestProblem/malformedKey`` if there are fewer.
    public init(parsing text: Bytes) throws(RequestProblem) {
        guard let fields = Key.fields(of: text) else { throw .malformedKey }
        type = Bytes(fields[0])
        userID = Bytes(fields[1])
        description = Bytes(fields[4])
    }
}
