import LinuxSystem

/// The argument file of one of Canonical's snaps, MicroK8s or Canonical Kubernetes: one flag on each line.
enum SnapArguments {
    /// The variables that snapd sets for a snap, derived from the path of an argument file: `$SNAP_DATA/args/NAME`.
    static func variables(of file: Bytes) -> [EnvironmentFile.Variable] {
        let data = parent(of: parent(of: file))
        return [
            .init(name: Bytes("SNAP_DATA"), value: data),
            .init(name: Bytes("SNAP_COMMON"), value: parent(of: data) + Bytes("/common")),
            .init(name: Bytes("SNAP"), value: Bytes(data.dropFirst(4))),
        ]
    }

    /// The arguments, without any quotes, and with `${NAME}` and `$NAME` replaced.
    static func arguments(in content: Bytes, variables: [EnvironmentFile.Variable]) -> [Bytes] {
        var arguments: [Bytes] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let line = line.trimmed
            guard line.first == UInt8(ascii: "-") else { continue }
            let text = expanded(line, variables).filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
            // Whitespace separates a flag from its value, but does not split the value.
            let flag = text.prefix { !$0.isSpace }
            if flag.contains(UInt8(ascii: "=")) || flag.count == text.count {
                arguments.append(text)
            } else {
                arguments += [Bytes(flag), Bytes(text[flag.count...].trimmed)]
            }
        }
        return arguments
    }

    private static func expanded(_ text: ArraySlice<UInt8>, _ variables: [EnvironmentFile.Variable]) -> Bytes {
        var result = Bytes()
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                result.append(byte)
                continue
            }
            let isBraced = rest.first == UInt8(ascii: "{")
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
            rest = rest.dropFirst(name.count + (isBraced ? 1 : 0))
            if let variable = variables.first(where: { $0.name.elementsEqual(name) }) { result += variable.value }
        }
        return result
    }

    /// A path without its last component.
    private static func parent(of path: Bytes) -> Bytes {
        Bytes(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    }
}
