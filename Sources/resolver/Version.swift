/// The version of the program. Nothing else states it: the Makefile reads it from this line for packages and releases.
let version: StaticString = "0.1.0"
