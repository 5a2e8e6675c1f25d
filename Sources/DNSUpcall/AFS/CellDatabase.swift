import CLinux
import LinuxSystem

/// The files in which cells are configured, those of the kernel's AFS and of OpenAFS.
struct CellDatabase<Files: CellFiles> {
    private static var kafs: StaticString { "/etc/kafs/client.conf" }
    private static var cellServDBs: [StaticString] { ["/etc/openafs/CellServDB", "/usr/vice/etc/CellServDB"] }

    private let files: Files
    /// kafs-client.conf(5) files to read in their order; all others are left alone then.
    private let configured: [Bytes]

    init(files: Files, configured: [Bytes] = []) {
        self.files = files
        self.configured = configured
    }

    /// What the first kind of file that has the cell says of it.
    func find(_ name: Bytes) -> (cell: AFSCell?, problems: [CellFileProblem]) {
        var configuration = KAFSConfiguration(cell: name, files: files)
        for path in configured { configuration.read(path) }
        if configured.isEmpty { configuration.read(Bytes(Self.kafs), isOptional: true) }
        var problems = configuration.problems
        if let cell = configuration.result { return (cell, problems) }
        guard configured.isEmpty else { return (nil, problems) }
        for path in Self.cellServDBs {
            do {
                let content = try files.content(of: Bytes(path), limit: KAFSConfiguration<Files>.largestFile)
                if let cell = CellServDB.cell(name, in: content) { return (cell, problems) }
            } catch .failed(let errno) where errno.code == ENOENT {
                continue
            } catch {
                problems.append(CellFileProblem(path: Bytes(path), reason: error.text))
            }
        }
        return (nil, problems)
    }
}
