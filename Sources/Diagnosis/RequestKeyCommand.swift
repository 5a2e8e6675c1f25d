import LinuxSystem

/// The command that /sbin/request-key executes for a rule of request-key.conf(5).
struct RequestKeyCommand {
    /// The program's path, as written in the rule.
    let program: Bytes
    /// The arguments after the program's name, with macros as written.
    let arguments: [Bytes]
    /// Whether a bar precedes the path: the program is to read the callout information and write the payload.
    let isPiped: Bool

    /// The most words that /sbin/request-key accepts.
    private static let mostWords = 254

    init(_ rule: RequestKeyRule) {
        isPiped = rule.command.first == UInt8(ascii: "|")
        let words = rule.command.dropFirst(isPiped ? 1 : 0).split(whereSeparator: { $0.isSpace }).map(Bytes.init)
        program = words.first ?? []
        arguments = Array(words.dropFirst())
    }

    /// Why /sbin/request-key would give up on the rule, in words that follow the rule's place; nil if it would not.
    var problem: String? {
        if program.first != UInt8(ascii: "/") { return "\(escaped(program)) is not an absolute path" }
        if arguments.count + 1 > Self.mostWords { return "there are too many arguments" }
        for argument in arguments where argument.first == UInt8(ascii: "%") {
            let macro = argument.dropFirst()
            guard let letter = macro.first else { return "a lone % is not a macro" }
            // "%%" begins a word with a literal percent sign; "%{" is the payload of another key.
            if letter == UInt8(ascii: "%") || letter == UInt8(ascii: "{") { continue }
            guard macro.count == 1, "oktdcugTPS".utf8.contains(letter) else {
                return "there is no macro \(escaped(argument, limit: 40))"
            }
        }
        return nil
    }

    /// Whether the program gets the key's number.
    var namesKey: Bool { arguments.contains { $0.equals("%k") } }

    /// The program's arguments for a key with this number.
    func arguments(keyID: StaticString) -> [Bytes] {
        arguments.map { $0.equals("%k") ? Bytes(keyID) : $0 }
    }
}
