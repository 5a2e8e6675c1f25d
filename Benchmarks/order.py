#!/usr/bin/env python3
"""Prints the functions that an upcall runs, those that it runs first coming first, for the linker to put together:
they then share pages, and an upcall touches fewer of them.

usage: order.py RESOLVER MAP

MAP is the linker's map of RESOLVER.
"""

import bisect
import pathlib
import re
import sys

import host
import measure
from handlers import HANDLERS

# valgrind says which basic blocks of which file it translates, each once and in the order of their first run.
measure.WRAPPERS["order"] = (
    "/usr/bin/valgrind --tool=none --trace-flags=10000000 --trace-notbelow=99999999 --log-file={output}")
BLOCK = re.compile(r"^==== SB \d+ .*/resolver\+0x([0-9a-f]+)$", re.MULTILINE)
SYMBOL = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ {17}(\S+)$", re.MULTILINE)
# One of several implementations, of which glibc chooses one for the processor, and valgrind's is not the machine's.
VARIANT = re.compile(r"_(sse|ssse|avx|evex|amd|intel).*$")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    resolver, linker_map = (pathlib.Path(argument) for argument in sys.argv[1:])
    handlers = [handler for handler in HANDLERS if handler.label in ["resolver-cluster", "resolver-host"]]
    with host.prepared(resolver, measure.rules(handlers)):
        measure.upcalls(handlers, 1, 1, 3)
        measure.upcalls(handlers, 1, 1, 1, "order")
        logs = [measure.output(handler, "order").read_text(errors="replace") for handler in handlers]
    print("# The functions of an upcall in the order of their first run: made by make order.")
    for name in functions(blocks(logs), linker_map.read_text()):
        print(name)


def blocks(logs):
    for log in logs:
        yield from (int(address, 16) for address in BLOCK.findall(log))


def functions(addresses, linker_map):
    symbols = sorted((int(address, 16), name) for address, size, name in SYMBOL.findall(linker_map) if int(size, 16))
    starts = [address for address, _ in symbols]
    variants = {}
    for _, name in symbols:
        variants.setdefault(VARIANT.sub("", name), []).append(name)
    seen = {}
    for address in addresses:
        start = starts[bisect.bisect_right(starts, address) - 1]
        for _, name in symbols[bisect.bisect_left(starts, start):bisect.bisect_right(starts, start)]:
            for variant in variants[VARIANT.sub("", name)]:
                seen.setdefault(variant)
    return seen


if __name__ == "__main__":
    main()
