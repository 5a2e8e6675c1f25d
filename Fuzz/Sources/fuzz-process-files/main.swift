import Fuzzing

@testable import KubeletDiscovery

// The files of a process in /proc.
fuzz { content in
    _ = KubeletProgram(executable: content)
    for program in [KubeletProgram.kubelet, .hyperkube, .kubelite, .k3s] {
        _ = KubeletArguments(of: program, commandLine: content)
    }
    _ = ProcessFiles.isRootOutsideContainers(status: content)
    _ = ProcessFiles.isPod(cgroup: content)
    _ = ProcessFiles.startTime(stat: content)
}
