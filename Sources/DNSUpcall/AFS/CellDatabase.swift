import LinuxSystem

/// The files that configure cells, for the kernel's AFS and for OpenAFS.
struct CellDatabase<Files: CellFiles> {
    private static var kafs: StaticString { "/etc/kafs/client.conf" }
    private static var cellServDBs: [StaticString] { ["/etc/openafs/CellServDB", "/usr/vice/etc/CellServDB"] }

    let files: Files

    /// What the first kind of file that has the cell says about it.
    func find(_ name: Bytes) -> (cell: AFSCell?, problems: [CellFileProblem]) {
        var configuration = KAFSConfiguration(cell: name, files: files)
        configuration.read(Bytes(Self.kafs), isOptional: true)
        var problems = configuration.problems
        if let cell = configuration.result { return (cell, problems) }
        for path in Self.cellServDBs {
            do {
                let content = try files.content(of: Bytes(path), limit: KAFSConfiguration<Files>.largestFile)
                if let cell = CellServDB.cell(name, in: content) { return (cell, problems) }
            } catch {
                if !error.isAbsence { problems.append(CellFileProblem(path: Bytes(path), reason: error.text)) }
            }
        }
        return (nil, problems)
    }
}
