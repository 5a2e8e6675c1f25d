import Fuzzing

@testable import KubeletDiscovery

// The file that is kept from one upcall to the next. What is read from it has to be what would be written for it.
fuzz { content in
    if let remembered = DiscoveryMemory.parse(content, now: 1000, pid: 1000) {
        let text = DiscoveryMemory.text(remembered, now: 1000)
        require(DiscoveryMemory.parse(text, now: 1000, pid: 1000) == remembered, "it is read back")
    }
}
