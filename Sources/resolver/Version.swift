/// The version of the program. The Makefile reads it from this line for packages and releases; `make check` compares it
/// with that of the chart and the manifests in `deploy`.
let version: StaticString = "0.1.0"
