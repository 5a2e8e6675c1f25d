import Fuzzing
import LinuxSystem

@testable import KubeletDiscovery

// The file that is kept from one upcall to the next. Its content must be the same when it is written and read again.
fuzz { content in
    let now = MonotonicTime(microseconds: 1_000_000_000)
    if let remembered = DiscoveryMemory.parse(content, now: now, pid: 1000) {
        let text = DiscoveryMemory.text(remembered, now: now)
        require(DiscoveryMemory.parse(text, now: now, pid: 1000) == remembered, "it is read back")
    }
}
