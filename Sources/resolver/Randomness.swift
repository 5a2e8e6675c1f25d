import CLinux

/// What Embedded Swift seeds its hashing with. The C library has it only from version 2.36 on, and with it in the
/// program, node systems with 2.34 and 2.35 can run a program that was built on a newer one.
@c(arc4random_buf)
func fillWithRandomBytes(_ buffer: UnsafeMutableRawPointer, _ count: Int) {
    _ = getrandom(buffer, count, 0)
}
