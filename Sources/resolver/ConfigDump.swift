import DNSUpcall
import KubeletDiscovery
import LinuxSystem

/// The settings in force, each with its source, and the cluster's DNS found with them.
struct ConfigDump {
    let configuration: Configuration
    /// The config file that was read.
    let file: Bytes
    let cluster: ClusterDNS

    /// As a config file with comments.
    var text: Bytes {
        var text = Bytes()
        for option in ConfigOption.allCases {
            let value = configuration.value(of: option)
            // Without a value the line would be an error.
            if value.isEmpty { text += "# " }
            text += option.name
            text += value.isEmpty ? " is not set" : " = \(value)"
            text += configuration.line(of: option) == nil ? "" : "  # \(origin(of: option))"
            text += "\n"
        }
        text += "# cluster DNS: "
        text += cluster.servers.isEmpty ? "none" : "\(cluster.servers.text), domain \(escaped(cluster.domain))"
        for source in cluster.sources { text += "\n#   from \(source)" }
        if let problem = cluster.problem { text += "\n#   \(problem)" }
        text += "\n"
        return text
    }

    /// As one JSON object: the options under `options`, next to the cluster's DNS.
    var json: Bytes {
        var json = JSONWriter()
        json.object { json in
            json.key("options")
            json.object { json in
                for option in ConfigOption.allCases {
                    json.key(option.name)
                    json.object { json in
                        json.key("value")
                        let value = configuration.value(of: option)
                        if value.isEmpty { json.null() } else { json.string(value) }
                        json.key("source")
                        json.string(origin(of: option))
                    }
                }
            }
            cluster.write(to: &json)
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func origin(of option: ConfigOption) -> String {
        configuration.line(of: option).map { "\(escaped(file)):\($0)" } ?? "default"
    }
}
