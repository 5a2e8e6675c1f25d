"""What the benchmarks need of the machine."""

import os
import shutil
import sys

# Programs, and the Debian packages that have them.
PROGRAMS = {
    "gcc": "gcc libc6-dev libkeyutils-dev",
    "key.dns_resolver": "keyutils",
    "knotd": "knot",
    "setpriv": "util-linux",
    "strace": "strace",
    "valgrind": "valgrind",
    "/usr/bin/python3": "python3",
}


def check():
    if os.geteuid() != 0:
        sys.exit("The kernel's upcalls and mounts need root.")
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        sys.exit("apt-get install " + " ".join(missing))
