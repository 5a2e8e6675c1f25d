import Fuzzing

@testable import KubeletDiscovery

// What /proc tells of a process.
fuzz { content in
    _ = RunningKubelet.program(content)
    _ = isRootOutsideContainers(status: content)
    _ = isPod(cgroup: content)
    _ = startTime(stat: content)
}
