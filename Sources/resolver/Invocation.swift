import DNSUpcall
import LinuxSystem

/// What the command line asks for.
enum Invocation {
    /// Started by `/sbin/request-key` to answer a key.
    case upcall(keyID: Int32, Options)
    /// Started by a person; no key is touched.
    case debug(description: Bytes, callout: Bytes, Options)
    /// Shows the settings in force, and the cluster's DNS found below a directory.
    case dumpConfig(json: Bool, Options)
    /// Examines the whole chain from the kernel to the cluster's DNS; a name may be given to look up.
    case check(name: Bytes?, json: Bool, Options)
    /// Shows or changes what the kernel and the handlers remember.
    case operate(Operate)
    case help
    case version
    /// Not understood. If a key's number was among the arguments, that key still waits for an answer.
    case misuse(reason: String, keyID: Int32?)

    enum Operate: Equatable {
        case list(json: Bool)
        /// Forgets these names, or all.
        case flush([Bytes])
        case watch
        case metrics
    }

    struct Options: Equatable {
        /// How often `-v` was given.
        var verbosity = 0
        var configFile: Bytes?
        var afs = AFSOptions()
        /// Where the payload is written to as well.
        var payloadFile: Bytes?
        /// The directory below which the kubelet's settings are looked for, by hand only.
        var root: Bytes?
    }

    /// Reads the arguments. Options may stand anywhere before `--`.
    ///
    /// - Parameter program: The name that the program was started under, perhaps with a path. Under that of kafs-dns
    ///   the option `-c` means what it does there.
    init(program: Bytes, arguments: [Bytes]) {
        let name = program.split(separator: UInt8(ascii: "/")).last ?? []
        do {
            self = try Self.read(arguments, asKAFS: name.equals("kafs-dns"))
        } catch {
            self = .misuse(reason: error.reason, keyID: arguments.compactMap { Self.keyID($0) }.last)
        }
    }

    fileprivate struct Misuse: Error {
        let reason: String
    }

    private static func read(_ arguments: [Bytes], asKAFS: Bool) throws(Misuse) -> Invocation {
        var options = Options()
        var debug = false
        var dumpConfig = false
        var json = false
        var check = false
        var operation: Operation?
        var operands: [Bytes] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument.equals("--") {
                operands += rest
                break
            } else if argument.starts(with: "--") {
                let equals = argument.firstIndex(of: UInt8(ascii: "="))
                let name = argument[..<(equals ?? argument.endIndex)]
                let value = equals.map { Bytes(argument[($0 + 1)...]) }
                if name.equals("--config") || asKAFS && name.equals("--conf") {
                    options.addConfigFile(try file(value ?? rest.popFirst(), "--config"), asKAFS: asKAFS)
                    continue
                } else if name.equals("--no") {
                    try options.restrict(value ?? rest.popFirst())
                    continue
                } else if name.equals("--output") {
                    options.payloadFile = try file(value ?? rest.popFirst(), "--output")
                    continue
                } else if name.equals("--root") {
                    options.root = try file(value ?? rest.popFirst(), "--root")
                    continue
                }
                guard value == nil else { throw Misuse(reason: "\(escaped(name)) takes no value") }
                if name.equals("--debug") {
                    debug = true
                } else if name.equals("--verbose") {
                    options.verbosity += 1
                } else if name.equals("--dump-config") {
                    dumpConfig = true
                } else if name.equals("--check") {
                    check = true
                } else if let named = Operation(option: name) {
                    guard operation == nil || operation == named else {
                        throw Misuse(reason: "\(named.option) does not go with \(operation!.option)")
                    }
                    operation = named
                } else if name.equals("--json") {
                    json = true
                } else if name.equals("--help") {
                    return .help
                } else if name.equals("--version") {
                    return .version
                } else {
                    throw Misuse(reason: "there is no option \(escaped(name))")
                }
            } else if argument.count > 1, argument.first == UInt8(ascii: "-") {
                var letters = argument.dropFirst()
                while let letter = letters.popFirst() {
                    switch letter {
                    case UInt8(ascii: "D"): debug = true
                    case UInt8(ascii: "v"): options.verbosity += 1
                    case UInt8(ascii: "h"): return .help
                    case UInt8(ascii: "V"): return .version
                    case UInt8(ascii: "c"), UInt8(ascii: "N"), UInt8(ascii: "o"):
                        let value = letters.isEmpty ? rest.popFirst() : Bytes(letters)
                        letters = []
                        if letter == UInt8(ascii: "c") {
                            options.addConfigFile(try file(value, "-c"), asKAFS: asKAFS)
                        } else if letter == UInt8(ascii: "N") {
                            try options.restrict(value)
                        } else {
                            options.payloadFile = try file(value, "-o")
                        }
                    default: throw Misuse(reason: "there is no option -\(escaped([letter]))")
                    }
                }
            } else {
                operands.append(argument)
            }
        }
        if check {
            guard operation == nil else { throw Misuse(reason: "\(operation!.option) does not go with --check") }
            guard operands.count <= 1 else { throw Misuse(reason: "--check takes one name at most") }
            return .check(name: operands.first, json: json, options)
        }
        if let operation {
            guard !debug, !dumpConfig, options == Options() else {
                throw Misuse(reason: "\(operation.option) goes with no option but --json, which goes with --list")
            }
            return .operate(try operation.read(operands, json: json))
        }
        if dumpConfig {
            guard operands.isEmpty else { throw Misuse(reason: "--dump-config takes no name and no key") }
            return .dumpConfig(json: json, options)
        }
        guard !json else { throw Misuse(reason: Self.jsonUse) }
        if debug { return try byHand(operands, options) }
        guard options.root == nil else {
            throw Misuse(reason: "--root goes with --check, --dump-config and --debug")
        }
        return try upcall(operands, options)
    }

    fileprivate static let jsonUse = "--json goes with --check, --dump-config and --list"

    private static func upcall(_ operands: [Bytes], _ options: Options) throws(Misuse) -> Invocation {
        guard let operand = operands.first else {
            throw Misuse(reason: "the key's number is missing; by hand, begin with --check or --debug")
        }
        guard operands.count == 1 else { throw Misuse(reason: "there are too many arguments") }
        guard let keyID = keyID(operand) else {
            throw Misuse(
                reason:
                    "'\(escaped(operand, limit: 40))' is not the number of a key; a name goes with --check or --debug"
            )
        }
        return .upcall(keyID: keyID, options)
    }

    private static func byHand(_ operands: [Bytes], _ options: Options) throws(Misuse) -> Invocation {
        guard let name = operands.first else { throw Misuse(reason: "the name to resolve is missing") }
        guard operands.count <= 2 else { throw Misuse(reason: "there are too many arguments") }
        return .debug(description: name, callout: operands.count == 2 ? operands[1] : [], options)
    }

    private static func file(_ value: Bytes?, _ option: StaticString) throws(Misuse) -> Bytes {
        guard let value, !value.isEmpty else { throw Misuse(reason: "\(option) needs a file") }
        return value
    }

    /// A key's serial number: positive, plain decimal digits.
    private static func keyID(_ text: Bytes) -> Int32? {
        decimal(text, atMost: Int(Int32.max)).flatMap { $0 > 0 ? Int32($0) : nil }
    }
}

extension Invocation {
    /// The option that asks for an operation.
    fileprivate enum Operation: CaseIterable {
        case list, flush, watch, metrics

        init?(option: some Collection<UInt8>) {
            guard let operation = Self.allCases.first(where: { option.equals($0.option) }) else { return nil }
            self = operation
        }

        var option: StaticString {
            switch self {
            case .list: "--list"
            case .flush: "--flush"
            case .watch: "--watch"
            case .metrics: "--metrics"
            }
        }

        func read(_ operands: [Bytes], json: Bool) throws(Misuse) -> Operate {
            guard !json || self == .list else { throw Misuse(reason: Invocation.jsonUse) }
            guard operands.isEmpty || self == .flush else {
                throw Misuse(reason: "\(option) takes no name and no key")
            }
            switch self {
            case .list: return .list(json: json)
            case .flush: return .flush(operands)
            case .watch: return .watch
            case .metrics: return .metrics
            }
        }
    }
}

extension Invocation.Options {
    fileprivate mutating func addConfigFile(_ file: Bytes, asKAFS: Bool) {
        if asKAFS { afs.configFiles.append(file) } else { configFile = file }
    }

    fileprivate mutating func restrict(_ name: Bytes?) throws(Invocation.Misuse) {
        guard let name, afs.restrictions.add(name) else {
            throw Invocation.Misuse(reason: "-N needs dns, vls-srv, vls-afsdb, vls-all or vl-host")
        }
    }
}
