import LinuxSystem

/// The parsed arguments: options with their values, and operands. Options may be anywhere before `--`.
struct CommandLine {
    private(set) var options: [(option: Option, value: Bytes)] = []
    private(set) var operands: [Bytes] = []

    enum Option: CaseIterable {
        case check, config, debug, dumpConfig, flush, help, json, list, metrics, root, verbose, version, watch
        /// Options of kafs-dns(8), which its rules may still pass. They have no effect.
        case afsConfig, afsOutput, afsRestriction

        var name: StaticString {
            switch self {
            case .check: "--check"
            case .config: "--config"
            case .debug: "--debug"
            case .dumpConfig: "--dump-config"
            case .flush: "--flush"
            case .help: "--help"
            case .json: "--json"
            case .list: "--list"
            case .metrics: "--metrics"
            case .root: "--root"
            case .verbose: "--verbose"
            case .version: "--version"
            case .watch: "--watch"
            case .afsConfig: "--conf"
            case .afsOutput: "--output"
            case .afsRestriction: "--no"
            }
        }

        /// The letter after a hyphen.
        fileprivate var letter: UInt8? {
            switch self {
            case .config: UInt8(ascii: "c")
            case .debug: UInt8(ascii: "D")
            case .help: UInt8(ascii: "h")
            case .verbose: UInt8(ascii: "v")
            case .version: UInt8(ascii: "V")
            case .afsOutput: UInt8(ascii: "o")
            case .afsRestriction: UInt8(ascii: "N")
            default: nil
            }
        }

        fileprivate var takesValue: Bool {
            switch self {
            case .config, .root, .afsConfig, .afsOutput, .afsRestriction: true
            default: false
            }
        }
    }

    /// Why the arguments are not understood, in one line for a person.
    struct Misuse: Error {
        let reason: String
    }

    /// Reads up to `--help` or `--version`, so that mistakes after these do not count.
    init(_ arguments: [Bytes]) throws(Misuse) {
        var rest = arguments[...]
        while !isOver, let argument = rest.popFirst() {
            if argument.equals("--") {
                operands += rest
                break
            } else if argument.starts(with: "--") {
                try read(name: argument, &rest)
            } else if argument.count > 1, argument.first == UInt8(ascii: "-") {
                try read(letters: argument.dropFirst(), &rest)
            } else {
                operands.append(argument)
            }
        }
    }

    private var isOver: Bool { options.last.map { $0.option == .help || $0.option == .version } ?? false }

    private mutating func read(name argument: Bytes, _ rest: inout ArraySlice<Bytes>) throws(Misuse) {
        let equals = argument.firstIndex(of: UInt8(ascii: "="))
        let name = argument[..<(equals ?? argument.endIndex)]
        guard let option = Option.allCases.first(where: { name.equals($0.name) }) else {
            throw Misuse(reason: "there is no option \(escaped(name))")
        }
        guard let equals else { return try add(option, name, rest: &rest) }
        guard option.takesValue else { throw Misuse(reason: "\(option.name) takes no value") }
        try add(option, name, Bytes(argument[(equals + 1)...]))
    }

    private mutating func read(letters argument: ArraySlice<UInt8>, _ rest: inout ArraySlice<Bytes>) throws(Misuse)
    {
        var letters = argument
        while !isOver, let letter = letters.popFirst() {
            guard let option = Option.allCases.first(where: { $0.letter == letter }) else {
                throw Misuse(reason: "there is no option -\(escaped([letter]))")
            }
            let name = [UInt8(ascii: "-"), letter]
            guard option.takesValue, !letters.isEmpty else {
                try add(option, name, rest: &rest)
                continue
            }
            try add(option, name, Bytes(letters))
            letters = []
        }
    }

    private mutating func add(
        _ option: Option, _ name: some Collection<UInt8>, rest: inout ArraySlice<Bytes>
    ) throws(Misuse) {
        guard option.takesValue else { return options.append((option, [])) }
        try add(option, name, rest.popFirst() ?? [])
    }

    private mutating func add(_ option: Option, _ name: some Collection<UInt8>, _ value: Bytes) throws(Misuse) {
        guard !value.isEmpty else {
            throw Misuse(reason: "\(escaped(name)) needs a \(option == .root ? "directory" : "file")")
        }
        options.append((option, value))
    }
}
