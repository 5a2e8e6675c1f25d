import Fuzzing
import LinuxSystem

@testable import resolver

// The arguments, separated by NULs.
fuzz { content in
    let arguments = content.split(separator: 0, omittingEmptySubsequences: false).map(Bytes.init)
    switch Command(arguments: arguments) {
    case .answer(let keyID, let options):
        require(keyID > 0, "keys have positive numbers")
        require(arguments.contains { decimal($0, atMost: Int(Int32.max)) == Int(keyID) }, "the key was named")
        require(options.root == nil, "an upcall reads the settings of this system")
        check(options)
    case .debug(let description, let callout, let options):
        require(arguments.contains(description), "the name was given")
        require(callout.isEmpty || arguments.contains(callout), "the callout was given")
        check(options)
    case .check(let name, _, let options):
        if let name { require(arguments.contains(name), "the name was given") }
        check(options)
    case .dumpConfig(_, let options):
        check(options)
    case .cache(.flush(let names)):
        require(names.allSatisfy(arguments.contains), "the names were given")
    case .cache, .help, .version:
        break
    case .misuse(let reason, let keyID):
        // An option's name may be of any length. It is cut off when quoted, and each byte may become four.
        requireLine(reason, limit: 4 * 300 + 50)
        let numbers = arguments.compactMap { decimal($0, atMost: Int(Int32.max)) }.filter { $0 > 0 }
        require(keyID.map(Int.init) == numbers.last, "a waiting key is found among the arguments")
    }
}

func check(_ options: Command.Options) {
    for file in [options.configFile, options.root] { require(file != [], "a file has a name") }
}
