import LinuxSystem

/// What the command line requests.
enum Command {
    /// Started by `/sbin/request-key` to answer a key.
    case answer(keyID: Int32, Options)
    /// Run by hand; no key is touched.
    case debug(description: Bytes, callout: Bytes, Options)
    /// Shows the settings in force, and the cluster's DNS, which may be searched for below a directory.
    case dumpConfig(json: Bool, Options)
    /// Examines the whole chain from the kernel to the cluster's DNS; may look up a name.
    case check(name: Bytes?, json: Bool, Options)
    case cache(CacheCommand)
    case help
    case version
    /// Not understood. If the arguments have a key's number, that key still waits for an answer.
    case misuse(reason: String, keyID: Int32?)

    struct Options: Equatable {
        /// The number of `-v` options.
        var verbosity = 0
        var configFile: Bytes?
        /// The directory below which files are searched for; by hand only.
        var root: Bytes?
        /// Whether there are options of kafs-dns(8), which have no effect.
        var hasAFSOptions = false
    }

    /// - Parameter arguments: Without the program's name.
    init(arguments: [Bytes]) {
        do {
            self = try Self.read(CommandLine(arguments))
        } catch {
            self = .misuse(reason: error.reason, keyID: arguments.compactMap { Self.keyID($0) }.last)
        }
    }

    private typealias Misuse = CommandLine.Misuse

    private static func read(_ line: CommandLine) throws(Misuse) -> Command {
        var options = Options()
        var (isDebug, isJSON) = (false, false)
        // `--check` has precedence over the others, `--dump-config` over `--debug`.
        var (isCheck, isDump) = (false, false)
        var cache: CommandLine.Option?
        for (option, value) in line.options {
            switch option {
            case .help: return .help
            case .version: return .version
            case .check: isCheck = true
            case .dumpConfig: isDump = true
            case .debug: isDebug = true
            case .json: isJSON = true
            case .verbose: options.verbosity += 1
            case .config: options.configFile = value
            case .root: options.root = value
            case .afsConfig, .afsOutput, .afsRestriction: options.hasAFSOptions = true
            case .list, .flush, .watch, .metrics:
                if let cache, cache != option {
                    throw Misuse(reason: "\(option.name) does not go with \(cache.name)")
                }
                cache = option
            }
        }
        let operands = line.operands
        if isCheck {
            if let cache { throw Misuse(reason: "\(cache.name) does not go with --check") }
            guard operands.count <= 1 else { throw Misuse(reason: "--check takes one name at most") }
            return .check(name: operands.first, json: isJSON, options)
        }
        if let cache {
            guard !isDebug, !isDump, options == Options() else {
                throw Misuse(
                    reason: "\(cache.name) goes with no option except --json, which goes with --list")
            }
            return .cache(try CacheCommand(cache, operands, isJSON: isJSON))
        }
        if isDump {
            guard operands.isEmpty else { throw Misuse(reason: "--dump-config takes no name and no key") }
            return .dumpConfig(json: isJSON, options)
        }
        guard !isJSON else { throw Misuse(reason: jsonUse) }
        if isDebug { return try byHand(operands, options) }
        guard options.root == nil else {
            throw Misuse(reason: "--root goes with --check, --dump-config and --debug")
        }
        return try answer(operands, options)
    }

    static let jsonUse = "--json goes with --check, --dump-config and --list"

    private static func answer(_ operands: [Bytes], _ options: Options) throws(Misuse) -> Command {
        guard let operand = operands.first else {
            throw Misuse(reason: "the key's number is missing; by hand, begin with --check or --debug")
        }
        guard operands.count == 1 else { throw Misuse(reason: "there are too many arguments") }
        guard let keyID = keyID(operand) else {
            throw Misuse(
                reason:
                    "'\(escaped(operand, limit: 40))' is not a key's number; a name goes with --check or --debug"
            )
        }
        return .answer(keyID: keyID, options)
    }

    private static func byHand(_ operands: [Bytes], _ options: Options) throws(Misuse) -> Command {
        guard let name = operands.first else { throw Misuse(reason: "the name to resolve is missing") }
        guard operands.count <= 2 else { throw Misuse(reason: "there are too many arguments") }
        return .debug(description: name, callout: operands.count == 2 ? operands[1] : [], options)
    }

    /// A key's serial number: positive, in plain decimal digits.
    private static func keyID(_ text: Bytes) -> Int32? {
        decimal(text, atMost: Int(Int32.max)).flatMap { $0 > 0 ? Int32($0) : nil }
    }
}
