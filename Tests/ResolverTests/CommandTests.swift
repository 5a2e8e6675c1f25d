import LinuxSystem
import Testing

@testable import resolver

@Suite("Command line")
struct CommandTests {
    private static func read(_ arguments: [String]) -> Command {
        Command(arguments: arguments.map { Bytes($0.utf8) })
    }

    /// The key's number and the options of an upcall; nil for anything else.
    private static func upcall(_ arguments: [String]) -> (keyID: Int32, options: Command.Options)? {
        if case .answer(let keyID, let options) = read(arguments) { (keyID, options) } else { nil }
    }

    private static func misuse(_ arguments: [String]) -> (reason: String, keyID: Int32?)? {
        if case .misuse(let reason, let keyID) = read(arguments) { (reason, keyID) } else { nil }
    }

    @Test("An upcall needs only a key's number", arguments: ["1", "123456789", "2147483647"])
    func keyID(number: String) throws {
        let upcall = try #require(Self.upcall([number]))
        #expect(upcall.keyID == Int32(number))
        #expect(upcall.options == .init())
    }

    @Test(
        "Options may be before and after the key's number, and share a hyphen",
        arguments: [
            (["-v", "7"], 1), (["-vv", "7"], 2), (["7", "-v", "-v"], 2), (["--verbose", "7", "-vv"], 3),
            (["-v", "--", "7"], 1),
        ])
    func verbosity(arguments: [String], verbosity: Int) throws {
        let upcall = try #require(Self.upcall(arguments))
        #expect(upcall.keyID == 7)
        #expect(upcall.options.verbosity == verbosity)
    }

    @Test(
        "The config file is the option's value, joined or separate",
        arguments: [
            ["-c", "/f", "7"], ["-c/f", "7"], ["-vc", "/f", "7"], ["-vc/f", "7"], ["--config", "/f", "7"],
            ["--config=/f", "7"], ["7", "-c", "/f"], ["-c", "/e", "-c", "/f", "7"],
        ])
    func configFile(arguments: [String]) throws {
        #expect(try #require(Self.upcall(arguments)).options.configFile == Bytes("/f"))
    }

    @Test("A value may look like an option or a number, and contain equals signs")
    func oddValues() throws {
        #expect(try #require(Self.upcall(["-c", "-v", "7"])).options.configFile == Bytes("-v"))
        #expect(try #require(Self.upcall(["-c", "8", "7"])).keyID == 7)
        #expect(try #require(Self.upcall(["--config=a=b", "7"])).options.configFile == Bytes("a=b"))
    }

    @Test(
        "Arguments that are not understood are reported",
        arguments: [
            ([], "the key's number is missing; by hand, begin with --check or --debug"),
            (["-v"], "the key's number is missing; by hand, begin with --check or --debug"),
            (["7", "8"], "there are too many arguments"),
            (["x"], "'x' is not a key's number; a name goes with --check or --debug"),
            (["0"], "'0' is not a key's number; a name goes with --check or --debug"),
            (["-1"], "there is no option -1"),
            (["2147483648"], "'2147483648' is not a key's number; a name goes with --check or --debug"),
            ([""], "'' is not a key's number; a name goes with --check or --debug"),
            (["7x"], "'7x' is not a key's number; a name goes with --check or --debug"),
            (["0x7"], "'0x7' is not a key's number; a name goes with --check or --debug"),
            (["%k"], "'%k' is not a key's number; a name goes with --check or --debug"),
            (["-"], "'-' is not a key's number; a name goes with --check or --debug"),
            (["-x", "7"], "there is no option -x"), (["-vx", "7"], "there is no option -x"),
            (["--nothing", "7"], "there is no option --nothing"),
            (["--", "-v"], "'-v' is not a key's number; a name goes with --check or --debug"),
            (["-c"], "-c needs a file"), (["7", "-c", ""], "-c needs a file"),
            (["--root="], "--root needs a directory"),
            (["--config"], "--config needs a file"), (["--config="], "--config needs a file"),
            (["--verbose=2", "7"], "--verbose takes no value"), (["--debug=", "a"], "--debug takes no value"),
            (["--\u{1B}[2J"], "there is no option --\\x1b[2J"), (["-\u{1B}"], "there is no option -\\x1b"),
            (["--debug"], "the name to resolve is missing"),
            (["--debug", "a", "list", "b"], "there are too many arguments"),
            (["--json", "7"], "--json goes with --check, --dump-config and --list"),
            (["--watch", "--json"], "--json goes with --check, --dump-config and --list"),
            (["--list", "7"], "--list takes no name and no key"),
            (["--list", "--flush"], "--flush does not go with --list"),
            (["--list", "--check"], "--list does not go with --check"),
            (["--metrics", "-v"], "--metrics goes with no option except --json, which goes with --list"),
            (["--flush", "-D", "a"], "--flush goes with no option except --json, which goes with --list"),
            (["--check", "a", "b"], "--check takes one name at most"), (["--check=a"], "--check takes no value"),
            (["--dump-config", "7"], "--dump-config takes no name and no key"),
            (["--root", "/x", "7"], "--root goes with --check, --dump-config and --debug"),
        ] as [([String], String)])
    func misuses(arguments: [String], reason: String) throws {
        #expect(try #require(Self.misuse(arguments)).reason == reason)
    }

    @Test(
        "A key's number among invalid arguments is found, so that the key can be answered",
        arguments: [
            (["-x", "7"], 7), (["7", "-x"], 7), (["--none=1", "7", "extra"], 7), (["7", "--config"], 7),
            (["-x"], nil), (["-x", "0"], nil), (["-x", "2147483648"], nil), (["-7"], nil), (["7", "x"], 7),
        ] as [([String], Int32?)])
    func misusedKey(arguments: [String], keyID: Int32?) throws {
        #expect(try #require(Self.misuse(arguments)).keyID == keyID)
    }

    @Test("The quotation of a long argument is limited")
    func longArgument() throws {
        let misuse = try #require(Self.misuse([String(repeating: "x", count: 100_000)]))
        #expect(misuse.reason.utf8.count < 150)
        let option = try #require(Self.misuse(["--" + String(repeating: "\u{1}", count: 100_000)]))
        #expect(option.reason.utf8.count < 1300)
    }

    @Test(
        "By hand, a name may have a callout and options",
        arguments: [
            (["--debug", "a"], "a", ""), (["-D", "a", "list"], "a", "list"),
            (["a", "ipv4 list", "-D"], "a", "ipv4 list"),
            (["-vD", "7"], "7", ""), (["-D", "--", "-a", ""], "-a", ""), (["-D", ""], "", ""),
        ])
    func byHand(arguments: [String], description: String, callout: String) {
        guard case .debug(let name, let words, let options) = Self.read(arguments) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
        #expect(name == Bytes(description.utf8))
        #expect(words == Bytes(callout.utf8))
        #expect(options.configFile == nil)
    }

    @Test("Another root is for runs by hand")
    func root() {
        for arguments in [["-D", "--root=/x", "a"], ["--root", "/x", "--debug", "a"]] {
            guard case .debug(_, _, let options) = Self.read(arguments) else {
                Issue.record("\(Self.read(arguments))")
                continue
            }
            #expect(options.root == Bytes("/x"))
        }
    }

    @Test(
        "The settings are shown as text or as JSON",
        arguments: [(["--dump-config"], false), (["--json", "--dump-config"], true)])
    func dump(arguments: [String], json: Bool) {
        guard case .dumpConfig(json, _) = Self.read(arguments) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
    }

    @Test(
        "Each command for the cache has its own option, and only one has operands",
        arguments: [
            (["--list"], .list(json: false)), (["--json", "--list"], .list(json: true)), (["--watch"], .watch),
            (["--metrics"], .metrics), (["--flush"], .flush([])),
            (["--flush", "a.svc", "--", "-b"], .flush([Bytes("a.svc"), Bytes("-b")])),
        ] as [([String], CacheCommand)])
    func cache(arguments: [String], command: CacheCommand) {
        guard case .cache(let found) = Self.read(arguments) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
        #expect(found == command)
    }

    @Test(
        "A rule may still pass the options of kafs-dns, with their values",
        arguments: [
            ["-N", "vls-srv", "7"], ["-Nvl-host", "7"], ["--no=dns", "7"], ["7", "-o", "/f"], ["--output=/f", "7"],
            ["--conf", "/f", "7"],
        ])
    func afsOptions(arguments: [String]) throws {
        let upcall = try #require(Self.upcall(arguments))
        #expect(upcall.keyID == 7)
        #expect(upcall.options.hasAFSOptions)
        #expect(upcall.options.configFile == nil)
    }

    @Test(
        "The chain is checked with or without a name",
        arguments: [
            (["--check"], nil, false), (["--check", "a"], "a", false), (["a", "--json", "--check"], "a", true),
            (["--check", "--", "-a"], "-a", false), (["-v", "--check", "7"], "7", false),
        ] as [([String], String?, Bool)])
    func check(arguments: [String], name: String?, json: Bool) {
        guard case .check(let found, json, _) = Self.read(arguments), found == name.map({ Bytes($0.utf8) }) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
    }

    @Test(
        "Help and version have precedence over other commands and later mistakes",
        arguments: [["-h"], ["--help"], ["7", "-h", "-x"], ["-vh"]])
    func help(arguments: [String]) {
        guard case .help = Self.read(arguments) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
    }

    @Test("The version is requested by a command of its own", arguments: [["-V"], ["--version"], ["-vV", "7"]])
    func version(arguments: [String]) {
        guard case .version = Self.read(arguments) else {
            Issue.record("\(Self.read(arguments))")
            return
        }
    }
}
