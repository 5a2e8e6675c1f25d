import LinuxSystem
import CLinux
Watchdog.watch(over: nil, milliseconds: 1000, late: .init(errno: Errno(EAGAIN), seconds: 1), crashed: .init(errno: Errno(EIO), seconds: 1))
Watchdog.expect("hello")
let a = IPAddress("10.0.0.1".utf8)
print(a?.text ?? "nil"); print(escaped("a\nb".utf8))
while true { usleep(1000) }
