import Fuzzing

@testable import KubeletDiscovery

// Files of variables and arguments, a command line, and the flags in all of them.
fuzz { content in
    let files = [EnvironmentFile(parsing: content), EnvironmentFile(unit: content)]
    var lists = files.flatMap(\.variables).map { shellWords($0.value) }
    lists.append(SnapArguments.arguments(in: content, variables: files[0].variables.filter { $0.value.count < 64 }))
    lists.append(ProcessFiles.arguments(commandLine: content))
    for list in lists {
        var flags = KubeletFlags()
        do throws(SourceProblem) { try flags.read(list, origin: "fuzz") } catch { requireLine(error.text) }
    }
}
