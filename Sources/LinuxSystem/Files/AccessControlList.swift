import CLinux

extension FileDescriptor {
    private static let largestACL = 4096

    /// Whether a POSIX ACL lets a user or group other than root's write to the file: acl(5). The format is that of
    /// linux/posix_acl_xattr.h.
    ///
    /// - Parameter status: The file's status. Its group bits limit what such an entry allows.
    func isWritableByACL(_ status: stat) -> Bool {
        guard status.st_mode & 0o020 != 0 else { return false }
        let name: StaticString = "system.posix_acl_access"
        let list: Bytes
        do throws(Errno) {
            list = try Bytes(capacity: Self.largestACL) { buffer in
                Bytes(name).withCString { fgetxattr(rawValue, $0, buffer.baseAddress, buffer.count) }
            }
        } catch {
            // There is more than can be read.
            return error.code == ERANGE
        }
        // A version of 4 bytes, then the tag, permissions and ID of each entry.
        return stride(from: 4, to: list.count - 7, by: 8).contains { entry in
            let (tag, permissions) = (list[entry], list[entry + 2])
            let isNamed = tag == ACLTag.user || tag == ACLTag.group
            return isNamed && permissions & 2 != 0 && list[(entry + 4)..<(entry + 8)].contains { $0 != 0 }
        }
    }

    private enum ACLTag {
        static let user: UInt8 = 0x02
        static let group: UInt8 = 0x08
    }
}
