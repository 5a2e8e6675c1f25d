import Fuzzing

@testable import KubeletDiscovery

// The files of a process in /proc.
fuzz { content in
    _ = KubeletProgram(commandLine: content)
    _ = ProcessFiles.isRootOutsideContainers(status: content)
    _ = ProcessFiles.isPod(cgroup: content)
    _ = ProcessFiles.startTime(stat: content)
}
